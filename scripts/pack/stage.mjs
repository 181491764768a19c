// The two packages as folders, exactly as they are packed: what is not put in here is not shipped.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { root } from "../lib.mjs";
import { addCompiler, addKoffi } from "./compiler.mjs";
import { copyFiles, extensionFiles, libraryFiles } from "./files.mjs";
import { extensionManifest, hasRepository, libraryManifest } from "./manifests.mjs";
import { notices, wasBuilt } from "./notices.mjs";
import { shippedReadme } from "./readme.mjs";

const json = (value) => `${JSON.stringify(value, null, 2)}\n`;
const ownReadme = () => readFileSync(join(root, "README.md"), "utf8");
const readme = () => shippedReadme(ownReadme());
/** Who installs the library comes for a program or a command, not for an extension. */
const libraryReadme = () => readFileSync(join(root, "scripts", "pack", "library.md"), "utf8");
function fresh(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}
/** Bundles of each package: the names of build targets. */
const HOSTED = ["runner", "cli", "mcp", "views", "report"].filter(wasBuilt);
/**
 * What the extension needs to make the library's package on the person's machine: its manifest and the list of its files, which the extension has.
 */
function addLibraryParts(folder) {
  const at = join(folder, "dist", "library");
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, "package.json"), json(libraryManifest()));
  writeFileSync(join(at, "files.json"), json(libraryFiles()));
  // Two hundred declarations weigh half as much as one file.
  const declarations = libraryFiles().filter((f) => f.startsWith("dist/engine/types/"));
  const texts = Object.fromEntries(declarations.map((f) => [f, readFileSync(join(root, f), "utf8")]));
  writeFileSync(join(at, "types.json.br"), brotliCompressSync(JSON.stringify(texts)));
  // What the extension has no use for itself, and its licence and changelog, which are renamed when it is packed.
  copyFiles(
    libraryFiles().filter((f) => !f.startsWith("dist/")),
    at,
  );
  writeFileSync(join(at, "README.md"), libraryReadme());
}
export async function stageExtension(folder, target) {
  fresh(folder);
  copyFiles(extensionFiles(), folder);
  writeFileSync(join(folder, "package.json"), json(extensionManifest(target)));
  writeFileSync(join(folder, "README.md"), hasRepository() ? ownReadme() : readme());
  writeFileSync(join(folder, "ThirdPartyNotices.txt"), notices([...HOSTED, "host", "extension", "later"], target === "universal" ? ["esbuild"] : ["esbuild", "koffi"]));
  addLibraryParts(folder);
  addCompiler(folder, target);
  if (target !== "universal") addKoffi(folder, target);
}
export async function stageLibrary(folder) {
  fresh(folder);
  copyFiles(libraryFiles(), folder);
  writeFileSync(join(folder, "package.json"), json(libraryManifest()));
  writeFileSync(join(folder, "README.md"), libraryReadme());
  writeFileSync(join(folder, "ThirdPartyNotices.txt"), notices(HOSTED));
  const program = join(folder, libraryManifest().bin.jitlens);
  const text = readFileSync(program, "utf8");
  if (!text.startsWith("#!")) writeFileSync(program, `#!/usr/bin/env node\n${text}`);
}
