// The lint rules that hold the architecture: who may import whom (ARCHITECTURE.md, "Rooms"), and no `any`.
import tseslint from "typescript-eslint";

const ENGINE = ["control", "core", "graph", "primitives", "transforms", "compiler", "backends", "report", "interop", "numpy", "lax", "nn", "random", "scipy"];
/** What each room may import, besides itself. */
const ROOMS = {
  "engine/core": ["graph"], // the types of nodes only: a primitive's lowering rule speaks of them
  "engine/graph": ["core"],
  "engine/primitives": ["core", "graph"],
  "engine/compiler": ["core", "graph", "primitives"],
  "engine/transforms": ["core", "graph", "primitives"],
  "engine/backends": ["core", "graph", "compiler", "transforms"],
  "engine/numpy": ["core", "primitives", "transforms", "compiler"],
  "engine/control": ["core", "graph", "primitives", "transforms", "numpy"],
  "engine/lax": ["core", "control", "primitives", "transforms", "numpy"],
  "engine/random": ["core", "graph", "primitives", "transforms", "numpy", "lax"],
  "engine/nn": ["core", "primitives", "transforms", "numpy", "random"],
  "engine/scipy": ["core", "primitives", "transforms", "numpy", "lax", "nn", "random"],
  "engine/interop": ["core", "primitives"],
};
const rooms = Object.entries(ROOMS).map(([room, may]) => {
  const own = room.split("/")[1], barred = ENGINE.filter((r) => r !== own && !may.includes(r));
  return { files: [`src/${room}/**/*.ts`], ignores: ["**/*.test.ts"], rules: { "no-restricted-imports": ["error", { patterns: [{ group: [...barred.map((r) => `**/${r}/**`), "**/host/**", "**/extension/**", "**/views/**"], message: `${room} may import ${may.join(", ") || "nothing above it"} only (ARCHITECTURE.md, Rooms)` }] }] } };
});
export default tseslint.config(
  { ignores: ["dist/**", ".rig/**", "examples/**", "node_modules/**"] },
  { files: ["src/**/*.ts"], extends: [tseslint.configs.base], rules: { "@typescript-eslint/no-explicit-any": "error", "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }], "no-var": "error", "prefer-const": "error", eqeqeq: "error" } },
  ...rooms,
  { files: ["src/extension/**/*.ts"], rules: { "no-restricted-imports": ["error", { patterns: [{ group: ["**/engine/core/**", "**/engine/compiler/**", "**/engine/backends/**", "**/host/runner/**", "**/views/!(messages*)"], message: "the extension knows the protocol, the Report and the messages only" }] }] } },
  { files: ["src/views/**/*.ts"], rules: { "no-restricted-imports": ["error", { patterns: [{ group: ["**/engine/!(report)/**", "**/host/**", "**/extension/**"], message: "views know the Report and the messages only" }] }] } },
);
