// Which files are shipped: allow-lists, so that nothing comes along unasked.
import { cpSync, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../lib.mjs";

/** Files, and folders whose files all go. */
const SHARED = ["LICENSE", "CHANGELOG.md", "dist/engine", "dist/views"];
const EXTENSION = [
  ...SHARED,
  "dist/extension",
  "dist/host",
  "dist/bridge",
  "dist/grammars",
  "dist/examples",
  "package.nls.json",
  "package.nls.zh-cn.json",
  "l10n",
  "media",
];
const LIBRARY = [...SHARED, "dist/host", "dist/bridge", "dist/grammars", "skills", "llms.txt", "docs/agents.md", "docs/cli.md", "docs/ci.md"];
/** Made here, and not shipped. */
const MADE = ["dist/packages"];
/** Never shipped, wherever it lies: maps; pictures of the README and single declarations (they go as one file) in the extension; the
 * editor's parts, and the pages of its panels, in the library. */
const NOWHERE = /\.map$|\.tsbuildinfo$/;
const NOT_IN_EXTENSION = /^media\/screenshot|^dist\/engine\/types\//;
const NOT_IN_LIBRARY = /^dist\/host\/main\.cjs$|^dist\/views\/(graph|profile)\.js$/;

function filesBelow(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  return statSync(full).isFile()
    ? [path]
    : readdirSync(full)
        .sort()
        .flatMap((f) => filesBelow(`${path}/${f}`));
}
const listed = (paths, not) => paths.flatMap(filesBelow).filter((f) => !NOWHERE.test(f) && !not.test(f));
/** A new folder of dist/ must be decided on: forgotten, it would be missed where it is needed, on somebody else's machine. */
function checkFolders() {
  for (const f of readdirSync(join(root, "dist")).map((name) => `dist/${name}`))
    if (![...EXTENSION, ...LIBRARY, ...MADE].includes(f)) throw new Error(`${f} is in no list of scripts/pack/files.mjs: is it shipped or not?`);
}
export function extensionFiles() {
  checkFolders();
  return listed(EXTENSION, NOT_IN_EXTENSION);
}
export const libraryFiles = () => listed(LIBRARY, NOT_IN_LIBRARY);
export function copyFiles(files, to) {
  for (const f of files) {
    mkdirSync(dirname(join(to, f)), { recursive: true });
    cpSync(join(root, f), join(to, f));
  }
}
