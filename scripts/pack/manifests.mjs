// What the two packages say of themselves: the extension's manifest without what only this repository needs, and the library's.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../lib.mjs";

export const own = () => JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
/** Addresses of the reserved domain stand for what nobody has filled in yet (docs/publishing.md): what is shipped never names them. */
const isPlaceholder = (value) => /\bexample\.(com|org|net)\b/.test(JSON.stringify(value ?? ""));
const filledIn = (manifest) =>
  Object.fromEntries(["repository", "bugs", "homepage"].filter((k) => manifest[k] && !isPlaceholder(manifest[k])).map((k) => [k, manifest[k]]));

/** With a repository, the shops take pictures and follow links there. */
export const hasRepository = () => "repository" in filledIn(own());

/** What compiles the person's file in an extension for a platform, or in the one for all. */
export const compilerOf = (target) => (target === "universal" ? "esbuild-wasm" : "esbuild");
export function extensionManifest(target) {
  const {
    devDependencies: _dev,
    scripts: _scripts,
    prettier: _prettier,
    exports: _exports,
    private: _private,
    repository: _r,
    bugs: _b,
    homepage: _h,
    dependencies,
    ...rest
  } = own();
  return { ...rest, ...filledIn(own()), dependencies: { [compilerOf(target)]: dependencies.esbuild } };
}

/** `require` finds a CommonJS module, with declarations of one (scripts/types.mjs says why): it is the ES module under another name. */
const entry = (program, types) => ({
  require: { types: `./dist/engine/types/${types}.d.cts`, default: `./dist/engine/${program}.cjs` },
  types: `./dist/engine/types/${types}.d.ts`,
  default: `./dist/engine/${program}.js`,
});
export function libraryManifest() {
  const { version, license, keywords, dependencies, jitlens } = own();
  return {
    name: "jitlens",
    version,
    description: "A JAX in TypeScript: NumPy's API, grad, vmap and jit, a fusing compiler to WebAssembly, and profiles that say why.",
    license,
    keywords,
    ...filledIn(own()),
    type: "module",
    exports: {
      ".": entry("index", "index"),
      "./report": entry("report", "report/index"),
      "./views/*": "./dist/views/*",
      "./schema.json": "./dist/engine/jitprofile.schema.json",
      "./package.json": "./package.json",
    },
    main: "./dist/engine/index.js",
    types: "./dist/engine/types/index.d.ts",
    bin: { jitlens: "dist/host/cli.cjs" },
    files: ["dist", "skills", "docs", "llms.txt", "ThirdPartyNotices.txt", "CHANGELOG.md"],
    sideEffects: true,
    engines: { node: ">=20.19.0" },
    // The engine needs nothing; the command line compiles files with esbuild, and says so where it is not there.
    optionalDependencies: { esbuild: dependencies.esbuild },
    // The runner and an engine fit where both say the same number.
    jitlens,
  };
}
