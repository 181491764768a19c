import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
export default defineConfig({
  test: {
    setupFiles: ["test/setup/verify.ts"],
    include: ["src/**/*.test.ts", "test/unit/**/*.test.ts", "test/attacks/**/*.test.ts", "test/notebooks/**/*.test.ts"],
    testTimeout: 300_000,
    hookTimeout: 120_000,
    pool: "forks",
    // One core more than vitest would take: nothing else runs beside the tests.
    maxWorkers: availableParallelism(),
    minWorkers: 1,
  },
  resolve: { alias: { vscode: fileURLToPath(new URL("test/unit/vscode.fake.ts", import.meta.url)) } },
});
