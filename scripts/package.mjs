// npm run package: what is shipped, in dist/packages. An extension for this machine's platform, one for all platforms, and the npm package.
//   --target win32-x64   one extension; may be repeated; universal, or all: every platform and universal
//   --library            the npm package alone
//   --no-build           what is in dist/ as it is
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { createVSIX } from "@vscode/vsce";
import { build, ensureDependencies, npm, root, run } from "./lib.mjs";
import { TARGETS, currentTarget } from "./pack/compiler.mjs";
import { hasRepository, own } from "./pack/manifests.mjs";
import { stageExtension, stageLibrary } from "./pack/stage.mjs";

const stop = (message) => {
  console.error(`npm run package: ${message}`);
  process.exit(2);
};
const OPTIONS = {
  options: {
    target: { type: "string", multiple: true },
    library: { type: "boolean", default: false },
    build: { type: "boolean", default: true },
    out: { type: "string", default: join(root, "dist", "packages") },
  },
  allowNegative: true,
};
const values = asked();
function asked() {
  try {
    return parseArgs(OPTIONS).values;
  } catch (e) {
    return stop(e.message);
  }
}
/** What each may weigh, in MiB, which vsce and shops call MB: people wait for it, also on slow lines. */
const MOST = { universal: 6.5, native: 7.5, library: 2.25 };
const known = [...TARGETS, "universal"];

function targets() {
  if (values.library && !values.target) return [];
  const asked = values.target ?? [...(TARGETS.includes(currentTarget()) ? [currentTarget()] : []), "universal"];
  const all = asked.flatMap((t) => (t === "all" ? known : [t]));
  const unknown = all.find((t) => !known.includes(t));
  if (unknown) stop(`there is no target ${unknown}; there are ${known.join(", ")}, all`);
  return all;
}
function say(file, most) {
  const size = statSync(file).size / 2 ** 20;
  console.log(`${relative(root, file)}  ${size.toFixed(2)} MiB (at most ${most})`);
  if (size > most) process.exitCode = 1;
}
async function extension(target) {
  const folder = mkdtempSync(join(tmpdir(), "jitlens-vsix-"));
  const file = join(values.out, `jitlens-${own().version}-${target}.vsix`);
  try {
    await stageExtension(folder, target);
    // Without a repository, links and pictures are in the README as they are meant; node_modules holds the compiler and nothing else.
    await createVSIX({
      cwd: folder,
      packagePath: file,
      rewriteRelativeLinks: hasRepository(),
      allowMissingRepository: true,
      ...(target === "universal" ? {} : { target }),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  say(file, target === "universal" ? MOST.universal : MOST.native);
}
async function library() {
  const folder = mkdtempSync(join(tmpdir(), "jitlens-npm-"));
  try {
    await stageLibrary(folder);
    run(npm, ["pack", "--pack-destination", values.out, "--ignore-scripts"], { cwd: folder, quiet: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  say(join(values.out, `jitlens-${own().version}.tgz`), MOST.library);
}
// A wrong name is told before minutes of building.
const wanted = targets();
ensureDependencies();
if (values.build) {
  // What earlier builds left would be shipped.
  for (const f of ["engine", "extension", "host", "views", "grammars"]) rmSync(join(root, "dist", f), { recursive: true, force: true });
  build();
  run(process.execPath, [join(root, "scripts", "build.mjs"), "--only", "types"]);
}
mkdirSync(values.out, { recursive: true });
await library();
for (const target of wanted) await extension(target);
