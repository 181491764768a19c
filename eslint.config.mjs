// The lint rules that hold the architecture: who may import whom (scripts/lint/rooms.mjs), and no `any`.
import tseslint from "typescript-eslint";
import rooms from "./scripts/lint/rooms.mjs";

export default tseslint.config(
  { ignores: ["dist/**", ".rig/**", "examples/**", "node_modules/**"] },
  {
    files: ["src/**/*.ts"],
    extends: [tseslint.configs.base],
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-var": "error",
      "prefer-const": "error",
      eqeqeq: "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: 'ImportDeclaration[source.value="zod"][importKind!="type"] > :matches(ImportSpecifier, ImportDefaultSpecifier)',
          message: 'import * as z from "zod": the named export brings every language along, 366 KB a bundle',
        },
        {
          selector: ":matches(ImportDeclaration, ExportNamedDeclaration, ExportAllDeclaration)[source.value=/^src\\//]",
          message: "Files of the project are imported by relative paths: by another name a file is loaded a second time, with a state of its own",
        },
      ],
    },
  },
  // Read as TypeScript, so that they can be named on the command line.
  { files: ["test/**/*.ts"], extends: [tseslint.configs.base] },
  // Tests may reach across rooms: they hold what several of them do together.
  { files: ["src/**/*.ts"], ignores: ["**/*.test.ts"], plugins: { jitlens: { rules: { rooms } } }, rules: { "jitlens/rooms": "error" } },
);
