// The user's file and what it imports, as one module: compiled by esbuild, with a map back to the lines they wrote.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type BuildFailure } from "esbuild";
import { TraceMap, originalPositionFor } from "@jridgewell/trace-mapping";
import type { SourceMapper } from "./engineApi.ts";

export interface Bundle {
  readonly url: string;
  readonly mapper: SourceMapper;
  readonly sources: readonly { file: string; text: string }[];
  remove(): void;
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

/** @param text the editor's content, which may not be saved; imports are read from disk */
export async function bundle(file: string, text: string, languageId: string, engine: string): Promise<Bundle> {
  const folder = mkdtempSync(join(tmpdir(), "jitlens-")),
    outfile = join(folder, "program.mjs");
  try {
    await build({
      stdin: {
        contents: text,
        sourcefile: file,
        resolveDir: dirname(file),
        loader: languageId === "typescriptreact" ? "tsx" : languageId === "javascript" ? "js" : languageId === "javascriptreact" ? "jsx" : "ts",
      },
      bundle: true,
      format: "esm",
      platform: "node",
      target: "node20",
      outfile,
      sourcemap: "external",
      sourcesContent: true,
      logLevel: "silent",
      keepNames: true,
      absWorkingDir: dirname(file),
      banner: {
        js: `import { createRequire as __jitlensRequire } from "node:module"; const require = __jitlensRequire(${JSON.stringify(pathToFileURL(file).href)});`,
      },
      define: {
        "import.meta.url": JSON.stringify(pathToFileURL(file).href),
        "import.meta.dirname": JSON.stringify(dirname(file)),
        "import.meta.filename": JSON.stringify(file),
      },
      plugins: [{ name: "jitlens", setup: (b) => b.onResolve({ filter: /^jitlens$/ }, () => ({ path: engine, external: true })) }],
    });
  } catch (e) {
    rmSync(folder, { recursive: true, force: true });
    const first = (e as BuildFailure).errors?.[0];
    if (!first) throw e;
    const missing = /^Could not resolve "(.*)"/.exec(first.text);
    throw new BuildError(
      missing ? `the module "${missing[1]}" is not found` : `syntax error: ${first.text}`,
      first.location ? resolve(dirname(file), first.location.file) : file,
      first.location?.line ?? null,
      first.location ? first.location.column + 1 : null,
      missing
        ? missing[1]!.startsWith(".")
          ? "Check the path of the import."
          : `Install it: npm install ${missing[1]}`
        : "Correct the line and click again.",
    );
  }
  const map = new TraceMap(readFileSync(`${outfile}.map`, "utf8")),
    url = pathToFileURL(outfile).href;
  const resolveSource = (s: string): string => (s.startsWith("file:") ? fileURLToPath(s) : resolve(folder, s));
  const isOut = (f: string): boolean => f === url || f === outfile;
  return {
    url,
    remove: () => rmSync(folder, { recursive: true, force: true }),
    sources: [{ file, text }],
    mapper: (frame) => {
      if (!isOut(frame.file)) return frame;
      const p = originalPositionFor(map, { line: frame.line, column: Math.max(0, frame.column - 1) });
      if (p.source === null || p.line === null) return null;
      const original = resolveSource(p.source);
      return { file: sameFile(original, file) ? file : original, line: p.line, column: (p.column ?? 0) + 1, func: p.name ?? frame.func };
    },
  };
}
const sameFile = (a: string, b: string): boolean => resolve(a) === resolve(b) || a.endsWith(b);
