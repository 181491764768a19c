// Loops of many short turns.
import { describe, expect, test } from "vitest";
import { turns } from "../../../src/engine/report/advice/rules/turns.ts";
import { advised, only } from "./advised.ts";

describe("many turns with little work", () => {
  const program = (body: string, n = 40): string => `
const x = np.cos(np.arange(8));
const f = jit((x) => ${body.replaceAll("N", String(n))});
return { f, args: [x] };`;
  test("become fewer turns with as much work", () => {
    const { said } = only(turns, program("lax.foriLoop(0, N, (i, c) => np.tanh(c.mul(1.1).add(i)), x)"));
    expect(said.text).toContain("The loop makes 40 turns with little work in each");
    expect(said.remedy).toContain("Unroll it by 8");
    only(turns, program("lax.scan((c, y) => { const z = np.sin(c.add(y)); return [z, z.sum()]; }, x, np.arange(N))"));
  });
  test("few turns, turns that cannot be counted, and a prime number of them are left alone", () => {
    expect(advised(turns, program("lax.foriLoop(0, N, (i, c) => np.tanh(c), x)", 8))).toEqual([]);
    expect(advised(turns, program("lax.foriLoop(0, N, (i, c) => np.tanh(c), x)", 41))).toEqual([]);
    expect(advised(turns, program("lax.whileLoop((c) => c.sum().lt(N), (c) => c.add(1), x)", 400))).toEqual([]);
  });
});
