// The walls between rooms (ARCHITECTURE.md, "Rooms") as a lint rule. It denies by default: a file that no row covers fails, and so does an
// import of a room that the importer's row does not name. `types` are rooms whose types alone may be imported.
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

const ENGINE_BELOW = ["core", "primitives", "transforms", "control"].map((r) => `src/engine/${r}`);
const NUMPY_BELOW = [...ENGINE_BELOW, "src/engine/numpy"];
/** What each room may import besides itself, by path prefix; the longest prefix that covers a file is its room. */
export const ROOMS = {
  "src/engine/core": { may: [], types: ["src/engine/graph"] }, // a primitive's lowering rule speaks of nodes
  "src/engine/graph": { may: ["src/engine/core"] },
  "src/engine/primitives": { may: ["src/engine/core", "src/engine/graph"] },
  "src/engine/transforms": { may: ["src/engine/core", "src/engine/graph", "src/engine/primitives"] },
  "src/engine/control": { may: ["src/engine/core", "src/engine/graph", "src/engine/primitives", "src/engine/transforms", "src/engine/numpy"] },
  "src/engine/numpy": { may: ["src/engine/core", "src/engine/primitives", "src/engine/transforms", "src/engine/files"] },
  "src/engine/lax": { may: NUMPY_BELOW },
  "src/engine/checkify": { may: NUMPY_BELOW },
  "src/engine/random": { may: [...NUMPY_BELOW, "src/engine/graph", "src/engine/lax"] },
  "src/engine/nn": { may: [...NUMPY_BELOW, "src/engine/random"] },
  "src/engine/scipy": { may: [...NUMPY_BELOW, "src/engine/lax", "src/engine/nn", "src/engine/random"] },
  "src/engine/optim": { may: [...NUMPY_BELOW, "src/engine/lax", "src/engine/nn", "src/engine/random"] },
  "src/engine/nnx": { may: [...NUMPY_BELOW, "src/engine/lax", "src/engine/nn", "src/engine/random", "src/engine/optim"] },
  "src/engine/rl": { may: [...NUMPY_BELOW, "src/engine/lax", "src/engine/nn", "src/engine/random"] },
  // Files of arrays: npy, npz, safetensors.
  "src/engine/files": { may: ["src/engine/core"] },
  "src/engine/checkpoint": { may: ["src/engine/core", "src/engine/files", "src/engine/numpy"] },
  "src/engine/data": { may: ["src/engine/core", "src/engine/numpy", "src/engine/random"] },
  "src/engine/interop": { may: ["src/engine/core", "src/engine/graph", "src/engine/primitives", "src/engine/transforms", "src/engine/files"] },
  "src/engine/compiler": { may: ["src/engine/core", "src/engine/graph"] },
  "src/engine/backends": { may: ["src/engine/core", "src/engine/graph", "src/engine/compiler", "src/engine/transforms"] },
  "src/engine/report": {
    may: ["core", "graph", "compiler", "backends", "transforms", "report/drawing", "report/insights"].map((r) => `src/engine/${r}`),
  },
  // What an insight saves and changes: pages, the editor and exporters say it alike.
  "src/engine/report/insights": { may: [], types: ["src/engine/report"] },
  // The picture of a program: pages draw it, exporters write it.
  "src/engine/report/drawing": { may: [], types: ["src/engine/report"] },
  // The entry points and JAX's small modules, a file each.
  "src/engine": {
    may: [
      "core",
      "primitives",
      "transforms",
      "control",
      "numpy",
      "lax",
      "random",
      "nn",
      "scipy",
      "optim",
      "nnx",
      "rl",
      "files",
      "checkify",
      "checkpoint",
      "data",
      "interop",
      "backends",
      "report",
    ].map((r) => `src/engine/${r}`),
  },
  "src/host": { may: ["src/engine/report", "src/engine/report/insights", "src/host/python"] },
  // What the bridge sends becomes a Report.
  "src/host/python": { may: ["src/engine/core", "src/engine/report", "src/xla"], types: ["src/host"] }, // sentences are the core's
  // Readers of XLA's texts and files.
  "src/xla": { may: [], types: ["src/engine/report"] },
  // The runner reaches the engine as the user's file does, by the package's name; it knows its types alone.
  "src/host/runner": { may: ["src/host"], types: ["src/engine"] },
  "src/extension": {
    may: ["src/engine/report", "src/engine/report/drawing", "src/engine/report/insights", "src/host"],
    types: ["src/views/messages.ts"],
  },
  "src/views": { may: ["src/views/messages.ts", "src/engine/report/drawing", "src/engine/report/insights"], types: ["src/engine/report"] },
  "src/views/messages.ts": { may: [], types: ["src/engine/report"] },
};
const PREFIXES = Object.keys(ROOMS).sort((a, b) => b.length - a.length);
const covers = (prefix, path) => path === prefix || path.startsWith(`${prefix}/`);
export const roomOf = (path) => PREFIXES.find((p) => covers(p, path)) ?? null;

/** Why a file may not import another, or null. Paths are relative to the project, with "/". */
export function wall(from, to, typeOnly) {
  const here = roomOf(from);
  if (here === null) return `${from} stands in no room: give its folder a row in scripts/lint/rooms.mjs and in ARCHITECTURE.md`;
  const there = roomOf(to);
  if (there === null) return `${to} stands in no room`;
  const { may, types = [] } = ROOMS[here];
  if (there === here || may.includes(there)) return null;
  // A row that names src/engine for types means everything in it.
  if (typeOnly && types.some((t) => covers(t, to))) return null;
  return `${here} may import ${[...may, ...types.map((t) => `types of ${t}`)].join(", ") || "nothing above it"}, not ${there} (ARCHITECTURE.md, Rooms)`;
}

const slashes = (path) => path.split(sep).join("/");
export default {
  meta: { type: "problem", schema: [] },
  create(context) {
    const from = slashes(relative(root, context.filename));
    const check = (node, typeOnly) => {
      const spec = node?.value;
      if (typeof spec !== "string" || !spec.startsWith(".")) return;
      const to = slashes(relative(root, join(dirname(context.filename), spec)));
      const why = wall(from, to, typeOnly);
      if (why) context.report({ node, message: why });
    };
    const onlyTypes = (n) =>
      n.importKind === "type" || n.exportKind === "type" || (n.specifiers?.length > 0 && n.specifiers.every((s) => s.importKind === "type"));
    return {
      Program(node) {
        if (roomOf(from) === null) context.report({ node, message: wall(from, from, false) });
      },
      ImportDeclaration: (n) => check(n.source, onlyTypes(n)),
      ExportNamedDeclaration: (n) => check(n.source, onlyTypes(n)),
      ExportAllDeclaration: (n) => check(n.source, onlyTypes(n)),
      ImportExpression: (n) => check(n.source, false),
      TSImportType: (n) => check(n.source ?? n.argument?.literal, true),
    };
  },
};
