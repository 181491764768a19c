// An interpreter of jaxprs as people write them: what it needs is exported, under JAX's names.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";

const np = jl.numpy,
  { bind, calledProgram, evalJaxpr, Literal, literalArray, primitives } = jl.core;
type Jaxpr = jl.core.Jaxpr;
type Var = jl.core.Var;
/** Evaluates a program and counts its operations by name, calls opened. */
function count(jaxpr: Jaxpr, consts: readonly Value[], args: readonly Value[], counts: Map<string, number>): Value[] {
  const env = new Map<Var, Value>([
      ...jaxpr.constvars.map((v, i) => [v, consts[i]!] as const),
      ...jaxpr.invars.map((v, i) => [v, args[i]!] as const),
    ]),
    read = (a: jl.core.Atom): Value => (a instanceof Literal ? literalArray(a) : env.get(a)!);
  for (const e of jaxpr.eqns) {
    const ins = e.invars.map(read),
      outs = e.primitive.calls?.transparent
        ? count(calledProgram(e).jaxpr, calledProgram(e).consts, ins, counts)
        : (counts.set(e.primitive.name, (counts.get(e.primitive.name) ?? 0) + 1), bind(e.primitive, ins, e.params));
    e.outvars.forEach((v, i) => env.set(v, outs[i]!));
  }
  return jaxpr.outvars.map(read);
}
const f = (x: Value): Value => np.exp(np.tanh(x)).add(jl.jit((y: Value) => np.sin(y).mul(2))(x));
test("a counting interpreter gives the value and the counts, also under jit and grad", () => {
  const c = jl.makeJaxpr(f)(np.array(0.5)),
    counts = new Map<string, number>(),
    run = (x: Value): Value => count(c.jaxpr, c.consts, [x], counts)[0]!;
  expect(Number(run(np.array(0.5)).item())).toBeCloseTo(Number(f(np.array(0.5)).item()), 5);
  expect(Object.fromEntries(counts)).toEqual({ tanh: 1, exp: 1, sin: 1, mul: 1, add: 1 });
  expect(Number(jl.jit(run)(np.array(0.5)).item())).toBeCloseTo(Number(f(np.array(0.5)).item()), 5);
  expect(Number(jl.grad(run)(np.array(0.5)).item())).toBeCloseTo(Number(jl.grad(f)(np.array(0.5)).item()), 5);
});
test("inverses, as in JAX's guide: the equations backwards", () => {
  const inverses = new Map([
    [primitives.exp!, np.log],
    [primitives.tanh!, np.arctanh],
  ]);
  const c = jl.makeJaxpr((x: Value) => np.exp(np.tanh(x)))(np.array(1));
  let v: Value = np.array(2);
  for (const e of [...c.eqns].reverse()) v = inverses.get(e.primitive)!(v);
  expect(Number(v.item())).toBeCloseTo(Math.atanh(Math.log(2)), 5);
  expect(Number(evalJaxpr(c.jaxpr, c.consts, [v])[0]!.item())).toBeCloseTo(2, 5);
});
test("primitives that hold programs say how, none is known by its name", () => {
  const how = Object.fromEntries(Object.values(primitives).flatMap((p) => (p.calls ? [[p.name, p.calls.how]] : [])));
  expect(how).toMatchObject({
    jit: "once",
    remat2: "once",
    custom_jvp_call: "once",
    custom_vjp_call: "once",
    cond: "branches",
    scan: "loop",
    while: "loop",
  });
});
