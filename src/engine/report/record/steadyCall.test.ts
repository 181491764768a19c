// What is timed as a steady call is what the person's program does: their arguments as they are, and nobody who listens.
import { expect, test } from "vitest";
import * as jl from "../../index.ts";
import type { NDArray } from "../../core/value.ts";
import { type JitOptions, type Jitted } from "../../transforms/jit.ts";
import { onJitCall, unheard } from "../../transforms/jitListeners.ts";
import { flattenArgs } from "../../transforms/args.ts";
import { compiledFor } from "../../backends/programs.ts";
import { Operands } from "./operands.ts";
import { steadyCall } from "./steadyCall.ts";

const { numpy: np } = jl;
function steady(f: (...args: never[]) => unknown, args: readonly unknown[], options: JitOptions = {}) {
  const jitted = jl.jit(f as (...args: unknown[]) => unknown, options) as unknown as Jitted;
  const dynamic = args.filter((_a, i) => !jitted.jit.statics.has(i));
  const values = flattenArgs(jitted.jit.fun, dynamic, "f").values as NDArray[];
  const traced = jitted.traceWith(undefined, args);
  const operands = new Operands(compiledFor(traced, values), [...(traced.consts as NDArray[]), ...values]);
  return steadyCall({ jitted, self: undefined, args, traced }, values, operands)!;
}
const same = (a: readonly unknown[], b: readonly unknown[]): boolean => a.length === b.length && a.every((v, i) => Object.is(v, b[i]));
test("numbers stay numbers: the call makes arrays of them each time", () => {
  const x = np.ones([3]);
  const call = steady((a: jl.Value, b: number) => a.mul(b), [x, 3]);
  expect(same(call.prepare(), [x, 3])).toBe(true);
  expect((call.call(call.prepare()) as jl.Value).tolist()).toEqual([3, 3, 3]);
});
test("static arguments stay at their places", () => {
  const x = np.ones([2]);
  const call = steady((a: jl.Value, n: number, b: jl.Value) => a.mul(n).add(b), [x, 4, x], { staticArgnums: 1 });
  expect(same(call.prepare(), [x, 4, x])).toBe(true);
});
test("of arguments whose memory is taken each call has copies", () => {
  const x = np.ones([3]);
  const call = steady((a: jl.Value) => a.add(1), [x], { donateArgnums: 0 });
  for (let i = 0; i < 2; i++) {
    const args = call.prepare();
    expect(same(args, [x])).toBe(false);
    expect((call.call(args) as jl.Value).tolist()).toEqual([2, 2, 2]);
  }
  expect(x.isDeleted).toBe(false);
});
test("what a call gives back can be freed, also where it is an argument", () => {
  const x = np.ones([3]);
  const call = steady((a: jl.Value) => [a, a.add(1)], [x]);
  call.release(call.call(call.prepare()));
  expect(x.isDeleted).toBe(false);
});
test("nobody hears calls that are measured, and everybody those after", () => {
  const f = jl.jit((x: jl.Value) => x.add(1));
  let heard = 0;
  const stop = onJitCall(() => void heard++);
  expect(
    unheard(() => {
      f(np.ones([2]));
      return heard;
    }),
  ).toBe(0);
  expect(() =>
    unheard(() => {
      throw new Error("measuring failed");
    }),
  ).toThrow("measuring failed");
  f(np.ones([2]));
  stop();
  expect(heard).toBe(1);
});
