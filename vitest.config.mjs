import { defineConfig } from "vitest/config";
export default defineConfig({ test: { include: ["src/**/*.test.ts", "test/unit/**/*.test.ts", "test/notebooks/**/*.test.ts"], testTimeout: 120_000, pool: "forks" } });
