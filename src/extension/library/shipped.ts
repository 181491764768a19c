// The library as this extension carries it: every file of the npm package is one of the extension's own, so the package is made where it is asked for.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliDecompress } from "node:zlib";
import { type ArchiveEntry, archive } from "./archive.ts";
import { LIBRARY } from "./resolve.ts";

interface Manifest {
  readonly version: string;
  readonly exports: Readonly<Record<string, { readonly types?: unknown; readonly require?: { readonly types?: unknown } }>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}
export interface Shipped {
  readonly version: string;
  /** The package as npm packs it. */
  readonly tgz: () => Promise<Uint8Array>;
  /** Files of a package of declarations alone, by their paths in it. */
  readonly declarations: () => Promise<readonly ArchiveEntry[]>;
}
const NOTICES = "ThirdPartyNotices.txt";
const SHEBANG = "#!/usr/bin/env node\n";
const unpack = promisify(brotliDecompress);

/** @param extension the extension's folder */
export async function shippedLibrary(extension: string): Promise<Shipped> {
  const at = (...path: string[]): string => join(extension, ...path),
    manifest = JSON.parse(await readFile(at("dist", "library", "package.json"), "utf8")) as Manifest,
    files = JSON.parse(await readFile(at("dist", "library", "files.json"), "utf8")) as string[],
    declarations = JSON.parse((await unpack(await readFile(at("dist", "library", "types.json.br")))).toString()) as Readonly<Record<string, string>>,
    programs = new Set(Object.values(manifest.bin));
  /** What is no part of the extension itself lies in a folder of its own here. */
  const place = (path: string): string => at(...(path.startsWith("dist/") || path === NOTICES ? [] : ["dist", "library"]), ...path.split("/"));
  const entry = async (path: string): Promise<ArchiveEntry> => {
    const declaration = declarations[path],
      content = declaration === undefined ? await readFile(place(path)) : Buffer.from(declaration);
    if (!programs.has(path)) return { path, content };
    const runs = content.toString("utf8", 0, 2) === "#!";
    return { path, content: runs ? content : Buffer.concat([Buffer.from(SHEBANG), content]), executable: true };
  };
  return {
    version: manifest.version,
    async tgz() {
      const all = await Promise.all(["package.json", "README.md", NOTICES, ...files].map(entry));
      return archive(all.map((e) => ({ ...e, path: `package/${e.path}` })));
    },
    async declarations() {
      const types = await Promise.all(Object.keys(declarations).map(entry));
      return [{ path: "package.json", content: Buffer.from(JSON.stringify(typesManifest(manifest), null, 2)) }, ...types];
    },
  };
}
/** A package that an editor finds and nothing runs: the runner passes it over, and uses its own engine. */
function typesManifest({ version, license, type, types, exports }: Manifest): object {
  return {
    name: LIBRARY,
    version,
    license,
    type,
    types,
    description:
      // not shown: it stands in the file
      "Declarations only, written by the JitLens extension so that the editor knows the library. Removed with node_modules; the package replaces them.",
    // Nothing to load: where types are, and for whom.
    exports: Object.fromEntries(
      [".", "./report"].map((entry) => [entry, { require: { types: exports[entry]?.require?.types }, types: exports[entry]?.types }]),
    ),
    [LIBRARY]: { types: true },
  };
}
