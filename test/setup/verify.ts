// Between tests the event loop turns: a test process that never answers is taken for dead by its runner.
// JITLENS_VERIFY=1 holds every program that any test compiles or runs to its meaning, level by level.
import { afterEach } from "vitest";

if (process.env.JITLENS_VERIFY) {
  const { setCompilerChecks } = await import("../../src/engine/compiler/checks.ts");
  const { verifyingChecks } = await import("../../src/engine/backends/verifying.ts");
  setCompilerChecks(verifyingChecks);
}
afterEach(() => new Promise((resolve) => setImmediate(resolve)));
