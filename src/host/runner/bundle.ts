// The user's file and what it imports, as one module: compiled by esbuild, with checks of conditions put in, and a way back to the lines they wrote.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { BuildFailure, Plugin } from "esbuild";
import { TraceMap, originalPositionFor } from "@jridgewell/trace-mapping";
import { languageOf, languageOfFile } from "../languages.ts";
import { build, transform } from "./compiler.ts";
import { AWAITING, OPERAND, PLACE, SEEN, TRUTH, parseProgram, programEdits } from "./conditions.ts";
import { type ColumnBefore, applyEdits } from "./edits.ts";
import { type WrittenAt, nameAtStart, originalNames } from "./originalNames.ts";
import { EVALUATE, NAMES, SCOPE, aliasesOf, namesCall } from "./live/aliases.ts";
import type { Probes } from "./live/probes.ts";
import { topLevelNames, unitsOf } from "./live/units.ts";
import { lineAt, lineStarts } from "./lineStarts.ts";
import type { SourceMapper } from "./engineApi.ts";

export interface Bundle {
  readonly url: string;
  readonly mapper: SourceMapper;
  /** The parameters' names as they were written. */
  readonly names: (fn: object, names: readonly string[]) => readonly string[];
  /** The person's files that went in: the clicked one as it stands in the editor, and what it imports. */
  readonly sources: readonly { file: string; text: string }[];
  /** Where the code at an offset of the compiled program was written. */
  readonly placeOf: (offset: number) => { file: string; line: number; column: number } | null;
  /** What the clicked file's own names are called in the program; null where live editing cannot reach them. */
  readonly aliases: ReadonlyMap<string, string> | null;
}
export class BuildError extends Error {
  constructor(
    message: string,
    readonly file: string | null,
    readonly line: number | null,
    readonly column: number | null,
    readonly action: string,
  ) {
    super(message);
  }
}
export interface BundleOptions {
  readonly file: string;
  /** The editor's content, which may not be saved; imports are read from disk. */
  readonly text: string;
  readonly languageId: string;
  /** The file to run, where that is another one: it is read from disk. */
  readonly entry?: string | undefined;
  /** Other files as they stand in the editor, by path. */
  readonly unsaved?: Readonly<Record<string, string>> | undefined;
  /** URLs of the engine and of the runner, which the program imports. */
  readonly engine: string;
  readonly runner: string;
  /** Where the compiled program is put. */
  readonly folder: string;
  /** Notes variables of the clicked file, and gives access to its scope: for live editing. */
  readonly probes?: Probes | null;
}
/** `import … from "jitlens"` is the engine as it is; `require("jitlens")` is the same module, as CommonJS sees it. */
const enginePlugin = (engine: string): Plugin => ({
  name: "jitlens",
  setup(b) {
    b.onResolve({ filter: /^jitlens$/ }, ({ kind }) =>
      kind === "require-call" || kind === "require-resolve" ? { path: "engine", namespace: "jitlens" } : { path: engine, external: true },
    );
    b.onResolve({ filter: /./, namespace: "jitlens" }, ({ path }) => ({ path, external: true }));
    b.onLoad({ filter: /./, namespace: "jitlens" }, () => ({ contents: `export * from ${JSON.stringify(engine)};` }));
  },
});
const ENTRY = "jitlens-entry";
/** The file to run, whatever letters its path has; and the files as they stand in the editor, also where other files import them. */
const editorPlugin = (o: BundleOptions, entry: string, tail: string): Plugin => ({
  name: "jitlens-editor",
  setup(b) {
    b.onResolve({ filter: new RegExp(`^${ENTRY}$`) }, ({ kind }) => (kind === "entry-point" ? { path: entry } : null));
    b.onLoad({ filter: /./, namespace: "file" }, ({ path }) => {
      if (path === o.file) return { contents: o.text + tail, loader: languageOf(o.languageId)?.loader ?? "ts", resolveDir: dirname(o.file) };
      const unsaved = o.unsaved?.[path];
      return unsaved === undefined ? null : { contents: unsaved, loader: languageOfFile(path)?.loader ?? "default", resolveDir: dirname(path) };
    });
  },
});
/** What makes the names of the clicked file known; nothing where it cannot be read yet: the build says why. */
async function reached(o: BundleOptions): Promise<string> {
  if (!o.probes) return "";
  try {
    await transform("");
    return namesCall(topLevelNames(unitsOf(o.text, o.languageId)));
  } catch {
    return "";
  }
}
const slashes = (path: string): string => path.replaceAll("\\", "/");

/** Starts the compiler's process, which takes longer than a small file. */
export function warmCompiler(): void {
  transform("").catch(() => {});
}
export async function bundle(o: BundleOptions): Promise<Bundle> {
  const { file, folder } = o,
    main = o.entry === undefined || o.entry === file ? { file, text: o.text } : { file: o.entry, text: o.unsaved?.[o.entry] ?? readEntry(o.entry) },
    outfile = join(folder, "program.mjs"),
    url = pathToFileURL(outfile).href;
  refuseDefaultImport(file, o.text);
  if (main.file !== file) refuseDefaultImport(main.file, main.text);
  const prelude = [
    `import { createRequire as __jitlensRequire } from "node:module";`,
    `import { ${TRUTH}, ${AWAITING}${o.probes ? `, ${SEEN}, ${SCOPE}` : ""} } from ${JSON.stringify(o.runner)};`,
    ...(o.probes ? [`${SCOPE}((code) => ${EVALUATE}(code)); const ${NAMES} = () => {};`] : []),
    `let ${OPERAND}, ${PLACE}; globalThis.require ??= __jitlensRequire(${JSON.stringify(pathToFileURL(main.file).href)});`,
  ];
  const tail = await reached(o);
  let code: string, map: TraceMap, inputs: readonly string[];
  try {
    const result = await build({
      entryPoints: [ENTRY],
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      platform: "node",
      target: "node20",
      outfile,
      sourcemap: "external",
      sourcesContent: true,
      logLevel: "silent",
      keepNames: true,
      absWorkingDir: dirname(main.file),
      banner: { js: prelude.join(" ") },
      plugins: [enginePlugin(o.engine), editorPlugin(o, main.file, tail)],
    });
    const output = (end: string): string => result.outputFiles.find((f) => f.path.endsWith(end))!.text;
    code = output("program.mjs");
    map = new TraceMap(output("program.mjs.map"));
    inputs = Object.keys(result.metafile.inputs);
  } catch (e) {
    throw buildError(e, main.file);
  }
  // Sources in the map are relative URLs, percent-encoded; a backslash in a name has become a slash, so real names are looked up.
  const real = new Map<string, string>([
    [slashes(file), file],
    [slashes(main.file), main.file],
  ]);
  for (const i of inputs) {
    const path = resolve(dirname(main.file), i);
    if (!real.has(slashes(path))) real.set(slashes(path), path);
  }
  const paths = map.sources.map((s): string | null => {
    if (!s || /^(?!file:)[a-z-]+:(?![\\/])/i.test(s)) return null;
    const path = s.startsWith("file://") ? fileURLToPath(s) : resolve(folder, decode(s));
    return real.get(slashes(path)) ?? path;
  });
  const pathOf = new Map(map.sources.map((s, i) => [s, paths[i] ?? null]));
  const lookUp = (line: number, column: number): { file: string; line: number; column: number; name: string | null } | null => {
    const p = originalPositionFor(map, { line, column });
    const source = p.source === null ? null : (pathOf.get(p.source) ?? null);
    return source === null || p.line === null ? null : { file: source, line: p.line, column: (p.column ?? 0) + 1, name: p.name };
  };
  const starts = lineStarts(code),
    placeOf = (offset: number): { file: string; line: number; column: number } | null => {
      const line = lineAt(starts, offset);
      return lookUp(line + 1, offset - starts[line]!);
    };
  const textOf = new Map(paths.map((path, i) => [path, map.sourcesContent?.[i]?.split("\n")]));
  const textAt = (p: { file: string; line: number; column: number }): string => textOf.get(p.file)?.[p.line - 1]?.slice(p.column - 1) ?? "";
  const isLibrary = (path: string): boolean => path !== file && /[\\/]node_modules[\\/]/.test(path);
  let columnBefore: ColumnBefore = (_line, column) => column;
  let aliases: Bundle["aliases"] = null;
  const { probes } = o;
  try {
    const program = parseProgram(code);
    if (probes) aliases = aliasesOf(program, code);
    const edited = applyEdits(
      code,
      programEdits(
        code,
        {
          ours: (offset) => {
            const p = placeOf(offset);
            return p !== null && !isLibrary(p.file);
          },
          fileAt: (offset) => {
            const p = placeOf(offset);
            return p && { path: p.file, url: pathToFileURL(p.file).href };
          },
          ...(probes
            ? {
                probe: (offset: number, name: string) => {
                  const p = placeOf(offset);
                  if (p?.file !== file) return null;
                  // A variable that hides another one is called otherwise in the program.
                  const written = nameAtStart(textAt(p)) ?? name;
                  return probes.add(written, () => probes.moved({ line: p.line, column: p.column - 1 }));
                },
              }
            : {}),
        },
        program,
      ),
    );
    code = edited.text + (probes ? `\nfunction ${EVALUATE}(code) { return eval(code); }\n` : "");
    columnBefore = edited.columnBefore;
  } catch (e) {
    // What acorn cannot read runs as it is: without checks of conditions, but it runs.
    if (!(e instanceof SyntaxError)) throw e;
    if (probes) code += `\nfunction ${EVALUATE}() {}\n`;
  }
  writeFileSync(outfile, code);
  const writtenAt: WrittenAt = (line, column) => {
    const p = lookUp(line, columnBefore(line, column));
    return p && { name: p.name, text: textAt(p) };
  };
  return {
    url,
    placeOf,
    aliases,
    names: originalNames(code, writtenAt),
    sources: [{ file, text: o.text }, ...imported(map, paths, (path) => path === file || isLibrary(path))],
    mapper: (frame) => {
      if (frame.file !== url && frame.file !== outfile) return frame;
      const p = lookUp(frame.line, columnBefore(frame.line, Math.max(0, frame.column - 1)));
      return p && !isLibrary(p.file) ? { file: p.file, line: p.line, column: p.column, func: p.name ?? frame.func } : null;
    },
  };
}
/** What the clicked file imports of the person's own. */
function imported(map: TraceMap, paths: readonly (string | null)[], skip: (path: string) => boolean): { file: string; text: string }[] {
  return paths.flatMap((path, i) => {
    const text = map.sourcesContent?.[i];
    return path === null || typeof text !== "string" || skip(path) ? [] : [{ file: path, text }];
  });
}
function readEntry(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    throw new BuildError(`the file to run, ${file}, cannot be read`, null, null, null, "Choose another file to run.");
  }
}
function decode(s: string): string {
  try {
    return decodeURIComponent(s);
  } catch {
    return s;
  }
}
/** The engine has named exports only, here as in plain Node: the import that works is named. */
function refuseDefaultImport(file: string, text: string): void {
  const m =
    /^[^\S\n]*import\s+([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*(?:,\s*(?:\{[^{}]*\}|\*\s*as\s+[\p{ID_Continue}$]+)\s*)?from\s*["']jitlens["']/mu.exec(
      text,
    );
  if (!m || m[1] === "type") return;
  const before = text.slice(0, m.index + m[0].indexOf(m[1]!)),
    line = before.split("\n").length;
  throw new BuildError(
    `"jitlens" has no default export`,
    file,
    line,
    before.length - before.lastIndexOf("\n"),
    `Write: import * as ${m[1]} from "jitlens", or import { jit, numpy as np } from "jitlens".`,
  );
}
function buildError(e: unknown, file: string): unknown {
  const first = (e as BuildFailure).errors?.[0];
  if (!first) return e;
  const missing = /^Could not resolve "(.*)"/s.exec(first.text.slice(0, 2000)),
    at = first.location,
    name = missing?.[1] ?? "";
  return new BuildError(
    missing ? `the module "${name}" is not found` : `syntax error: ${first.text.slice(0, 2000)}`,
    at?.file && slashes(resolve(dirname(file), at.file)) !== slashes(file) ? resolve(dirname(file), at.file) : file,
    at?.line ?? null,
    // esbuild counts bytes.
    at ? Buffer.from(at.lineText).subarray(0, at.column).toString().length + 1 : null,
    missing
      ? /^[./]|^file:/.test(name)
        ? "Check the path of the import."
        : `Install it: npm install ${packageOf(name)}`
      : "Correct the line and click again.",
  );
}
/** The package of a module: `@a/b/c` is in `@a/b`, `a/b` in `a`. */
export const packageOf = (module: string): string =>
  module
    .split("/")
    .slice(0, module.startsWith("@") ? 2 : 1)
    .join("/");
