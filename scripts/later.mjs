// What the extension needs only once something is done with it: a bundle of its own, read with the first use of anything in it. So the editor starts without
// readers, exporters, validators and the line to the host. Sources import these modules as any other: the build puts the first use in between.
import { createRequire } from "node:module";
import { join, relative, resolve } from "node:path";
import * as esbuild from "esbuild";

/** Modules of the second bundle, from the project's root; packages by their name. What they import goes with them, so none may keep a state of the editor. */
const LATER = [
  "src/engine/report/read.ts",
  "src/engine/report/write.ts",
  "src/engine/report/diff/diff.ts",
  "src/engine/report/diff/nodes.ts",
  "src/engine/report/exporters/exporters.ts",
  "src/extension/keptProfiles.ts",
  "src/extension/pageMessages.ts",
  "src/host/protocol.ts",
  "src/host/agents/answer.ts",
  "src/host/agents/bench.ts",
  "src/host/agents/tools/index.ts",
  "src/host/agents/workspace.ts",
  "src/host/cli/asked.ts",
  "src/host/cli/failure.ts",
  "src/host/cli/functions.ts",
  "vscode-jsonrpc/node",
];
const NAMESPACE = "later";
const isPackage = (module) => !module.startsWith("src/");
/** What the modules export, by name: they are read once for all of them. */
async function namesOf(root) {
  const { metafile } = await esbuild.build({
    ...{ entryPoints: LATER.filter((m) => !isPackage(m)), absWorkingDir: root, bundle: true, write: false, metafile: true, outdir: "dist" },
    ...{ format: "esm", platform: "node", external: ["vscode"], packages: "external" },
  });
  const names = new Map(Object.values(metafile.outputs).map((o) => [o.entryPoint, o.exports]));
  const require = createRequire(join(root, "package.json"));
  for (const m of LATER.filter(isPackage))
    names.set(
      m,
      Object.keys(require(m)).filter((name) => name !== "default"),
    );
  return names;
}
/** In the first bundle: a module whose values are fetched when they are used. */
export const lazily = (root, bundle) => ({
  name: "later",
  setup(build) {
    let known;
    // A module may export something else since the build before, where sources are watched.
    build.onStart(() => void (known = namesOf(root)));
    build.onResolve({ filter: /./ }, ({ path, resolveDir }) => {
      const module = path.startsWith(".") ? relative(root, resolve(resolveDir, path)).replaceAll("\\", "/") : path;
      return LATER.includes(module) ? { path: module, namespace: NAMESPACE } : null;
    });
    build.onLoad({ filter: /./, namespace: NAMESPACE }, async ({ path }) => {
      const names = (await known).get(path);
      const fetched = `require("./${bundle}")[${LATER.indexOf(path)}]`;
      const getters = names.map((name) => `get ${name}() { return ${fetched}.${name}; },`);
      // Own properties without a default: what is imported by name is read at each use.
      return { contents: `module.exports = {\n__esModule: true,\n${getters.join("\n")}\n};\n`, loader: "js", resolveDir: root };
    });
    build.onResolve({ filter: new RegExp(`^\\./${bundle.replaceAll(".", "\\.")}$`) }, ({ path }) => ({ path, external: true }));
  },
});
/** The second bundle's source: the modules in the order of the list. */
export const laterSource = (root) => ({
  contents: `${LATER.map((m, i) => `import * as m${i} from ${JSON.stringify(isPackage(m) ? m : `./${m}`)};`).join("\n")}\nmodule.exports = [${LATER.map((_m, i) => `m${i}`).join(", ")}];\n`,
  loader: "js",
  resolveDir: root,
  sourcefile: "later.js",
});
