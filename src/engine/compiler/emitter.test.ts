// A second target language: the plans of small programs, written as JavaScript, give what WebAssembly gives.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import type { DType } from "../core/dtypes.ts";
import type { Value } from "../core/value.ts";
import { mathFunction } from "../graph/math/mathlib.ts";
import { numberProgram } from "../graph/regions.ts";
import { compileJaxpr } from "./compile.ts";
import { scheduleKernel } from "./kernel/schedule.ts";
import { verifySchedule } from "./kernel/verify.ts";
import { planProgram } from "./plan/program.ts";
import type { Plan } from "./plan/types.ts";
import { JAVASCRIPT, emitJavaScript } from "./testEmitter.ts";

const np = jl.numpy;
const VIEWS: Partial<Record<DType, typeof Float32Array | typeof Int32Array | typeof Uint8Array>> = {
  float32: Float32Array,
  int32: Int32Array,
  bool: Uint8Array,
};
function runPlan(plan: Plan, args: readonly Value[]): number[][] {
  const arena = new ArrayBuffer(plan.arenaBytes);
  const slots = [...plan.params, ...plan.outs].map((t, i) => new VIEWS[t.dtype]!((args[i] ?? np.zeros(t.shape)).flatten().tolist() as number[]));
  for (const c of plan.constants) slots.push(new VIEWS[c.dtype]!(c.flatten().tolist() as number[]));
  for (const step of plan.steps) {
    if (step.kind !== "kernel") throw new Error(`the step ${step.kind} is a host step`);
    const { kernel } = step.kernel;
    const schedule = scheduleKernel(kernel, JAVASCRIPT);
    verifySchedule(schedule, JAVASCRIPT);
    const run = new Function("math", ...kernel.buffers.map((_b, i) => `b${i}`), emitJavaScript(schedule));
    run(
      mathFunction,
      ...step.places.map((p, i) => {
        const { dtype, size } = kernel.buffers[i]!;
        return p.kind === "slot" ? slots[p.slot] : new VIEWS[dtype]!(arena, p.offset, size);
      }),
    );
  }
  return plan.outs.map((_t, i) => [...slots[plan.params.length + i]!].map(Number));
}
const x = np.arange(60).reshape([3, 20]).sub(31).div(7);
const y = np.linspace(-1, 2, 20);
const PROGRAMS: Readonly<Record<string, (x: Value, y: Value) => Value[]>> = {
  "a chain": (x, y) => [np.tanh(x.mul(y).add(1)), np.sin(x).sub(np.exp(y))],
  "turned round and reshaped": (x) => [np.flip(x, 1).T.reshape([4, 15]).mul(2), np.roll(x, 3, { axis: 1 })],
  "integers and booleans": (x, y) => [x.astype("int32").mul(3).sub(7), np.where(x.gt(y), x, np.negative(y)), np.logicalNot(x.lt(0))],
  rows: (x) => [jl.nn.softmax(x), x.max({ axis: 0 }), np.cumsum(x, { axis: 1 })],
};
test.each(Object.keys(PROGRAMS))("%s: JavaScript and WebAssembly give the same", (name) => {
  const f = PROGRAMS[name]!;
  const plan = planProgram(numberProgram(compileJaxpr(jl.makeJaxpr(f)(x, y)).graph), new Map(), JAVASCRIPT);
  const want = jl
    .jit(f)(x, y)
    .map((v) => (v.flatten().tolist() as number[]).map(Number));
  runPlan(plan, [x, y]).forEach((out, i) => out.forEach((v, k) => expect(v, `${i}: ${k}`).toBeCloseTo(want[i]![k]!, 5)));
});
