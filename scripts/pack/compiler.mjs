// What of npm an extension for one platform carries as it is, fetched from the registry when it is not this machine's: esbuild with its program, and koffi, by which
// native kernels are called. The extension for all platforms has esbuild as WebAssembly, and no koffi: there the person's own is taken.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { npm, root, run } from "../lib.mjs";
import { own } from "./manifests.mjs";

/** What VS Code calls platforms, and esbuild. They agree, but for the name of the file. */
export const TARGETS = ["win32-x64", "win32-arm64", "linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];
export const currentTarget = () => `${process.platform}-${process.arch}`;
const program = (target) => (target.startsWith("win32") ? "esbuild.exe" : join("bin", "esbuild"));
const modules = join(root, "node_modules");

/** A package in a folder of its own, from the registry; kept for the next time. */
function fetched(name, version) {
  const home = join(root, ".cache", "packages", `${name.replace("/", "+")}@${version}`);
  const folder = join(home, "node_modules", name);
  if (!existsSync(join(folder, "package.json"))) {
    rmSync(home, { recursive: true, force: true });
    mkdirSync(home, { recursive: true });
    // --force: npm would refuse a program for another platform.
    run(npm, ["install", "--prefix", home, "--force", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", `${name}@${version}`], {
      cwd: home,
      quiet: true,
    });
  }
  return folder;
}
/** The program is the one that esbuild's own package names. */
function checkHash(name, relative, file) {
  const wanted = JSON.parse(readFileSync(join(modules, "esbuild", "package.json"), "utf8"))["esbuild.binaryHashes"]?.[
    `${name}/${relative.replaceAll("\\", "/")}`
  ];
  const is = createHash("sha256").update(readFileSync(file)).digest("hex");
  if (wanted && wanted !== is) throw new Error(`${name} is not what esbuild says it is: ${is}`);
}
function copy(from, to, files) {
  for (const f of files) {
    mkdirSync(dirname(join(to, f)), { recursive: true });
    cpSync(join(from, f), join(to, f), { dereference: true });
  }
}
/** A package for one platform: the one that is installed here, or the registry's. */
const forPlatform = (name, version) => (existsSync(join(modules, name, "package.json")) ? join(modules, name) : fetched(name, version));
/** Puts koffi into `to`/node_modules: its loader, and the one library of the platform (of Linux that for glibc, which the editor needs as well). */
export function addKoffi(to, target) {
  const version = own().devDependencies.koffi;
  const name = `@koromix/koffi-${target}`;
  const folder = forPlatform(name, version);
  const library = `${target.replace("-", "_")}/koffi.node`;
  copy(folder, join(to, "node_modules", name), ["package.json", "index.js", library]);
  copy(join(modules, "koffi"), join(to, "node_modules", "koffi"), [
    "package.json",
    "LICENSE.txt",
    "index.cjs",
    "src/koffi/index.cjs",
    "src/koffi/src/static.cjs",
  ]);
}
/** Puts what compiles files into `to`/node_modules. */
export function addCompiler(to, target) {
  const version = own().dependencies.esbuild;
  if (target === "universal") {
    copy(fetched("esbuild-wasm", version), join(to, "node_modules", "esbuild-wasm"), [
      "package.json",
      "LICENSE.md",
      "esbuild.wasm",
      "wasm_exec.js",
      "wasm_exec_node.js",
      "bin/esbuild",
      "lib/main.js",
    ]);
    return;
  }
  const name = `@esbuild/${target}`;
  const folder = forPlatform(name, version);
  checkHash(name, program(target), join(folder, program(target)));
  copy(folder, join(to, "node_modules", name), ["package.json", program(target)]);
  copy(join(modules, "esbuild"), join(to, "node_modules", "esbuild"), ["package.json", "LICENSE.md", "lib/main.js"]);
}
