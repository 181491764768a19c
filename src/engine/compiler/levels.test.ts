// Generated programs, held to their meaning at every level: as traced, after each pass, and as they run.
import { afterAll, beforeAll, expect, test } from "vitest";
import * as jl from "../index.ts";
import { generatedProgram } from "../../../test/unit/programs.ts";
import { verifyingChecks } from "../backends/verifying.ts";
import type { Value } from "../core/value.ts";
import { type CompilerChecks, setCompilerChecks } from "./checks.ts";
import { breathe } from "../testPrograms.ts";

const N = Math.max(50, Math.floor(Number(process.env.JITLENS_LAWS ?? 2000) / 2));
let before: CompilerChecks;
const seen = { passes: 0, runs: 0 };
beforeAll(() => {
  // The compiler is what is looked at, whatever device the suite runs on.
  jl.config.update("defaultDevice", "cpu");
  before = setCompilerChecks({
    ...verifyingChecks,
    pass: (a, b, name) => {
      seen.passes++;
      verifyingChecks.pass!(a, b, name);
    },
    ran: (...call) => {
      seen.runs++;
      verifyingChecks.ran!(...call);
    },
  });
});
afterAll(() => {
  setCompilerChecks(before);
  jl.config.update("defaultDevice", null);
});

test(`${N} programs keep their meaning through every pass and in the compiled program`, async () => {
  for (let seed = 1; seed <= N; seed++) {
    await breathe(seed);
    const { f, args } = generatedProgram(seed);
    try {
      jl.jit((x: Value, y: Value) => f(x, y))(...args);
    } catch (e) {
      throw new Error(`program ${seed}: ${e instanceof Error ? e.message : String(e)}`, { cause: e });
    }
  }
  expect(seen.passes).toBeGreaterThan(4 * N);
  expect(seen.runs).toBeGreaterThanOrEqual(N);
});
