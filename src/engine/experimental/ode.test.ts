// odeint beside JAX 0.10's answers for the same problems, its gradients beside what is known of them, and what it refuses.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Array } from "../index.ts";

const np = jl.numpy,
  { odeint } = jl.experimental.ode;
const t = np.linspace(0, 3, 4),
  fine = { rtol: 1e-6, atol: 1e-6 };
const close = (got: unknown, want: readonly number[], digits = 4): void =>
  (got as Array).tolist() instanceof globalThis.Array
    ? ((got as Array).tolist() as number[]).forEach((v, i) => expect(v).toBeCloseTo(want[i]!, digits))
    : expect(Number((got as Array).item())).toBeCloseTo(want[0]!, digits);
/** A spring, as a pytree. */
const spring = (y: { p: Array; q: Array }, _t: Array, a: Array): { p: Array; q: Array } => ({ p: y.q, q: y.p.mul(a).neg() });
const place = (a: Array, times: Array): Array => odeint(spring, { p: np.array(1), q: np.array(0) }, times, a, fine).p;

test("a spring: the pytree at each time, as JAX says", () => {
  for (const run of [(f: () => unknown): unknown => f(), (f: () => unknown): unknown => jl.jit(f)()]) {
    const ys = run(() => odeint(spring, { p: np.array(1), q: np.array(0) }, t, np.array(2), fine)) as { p: Array; q: Array };
    close(ys.p, [1, 0.15594295, -0.95136154, -0.45265839]);
    close(ys.q, [0, -1.3969115, -0.435677, 1.2610285]);
  }
});
test("gradients by an argument, by the times and by what is closed over", () => {
  const [da, dt] = jl.jit(jl.grad((a: Array, times: Array) => place(a, times).get(-1), { argnums: [0, 1] }))(2, t);
  close(da, [0.94576555]);
  close(dt, [-1.2610285, 0, 0, 1.2610285]);
  const captured = (a: Array): Array => odeint((y: Array) => y.mul(a), np.array(1.5), t, fine).get(-1);
  close(jl.grad(captured)(0.5), [4.5 * Math.exp(1.5)], 3);
  close(jl.grad((y0: Array) => odeint((y: Array) => y.mul(0.5), y0, t, fine).get(-1))(1.5), [Math.exp(1.5)], 4);
});
test("van der Pol's oscillator, steps no longer than half: values and gradients of JAX", () => {
  const flow = (y: readonly [Array, Array], _t: Array, m: Array): [Array, Array] => [
    y[1],
    m
      .mul(np.subtract(1, y[0].mul(y[0])))
      .mul(y[1])
      .sub(y[0]),
  ];
  const loose = { rtol: 1e-3, atol: 1e-3, hmax: 0.5 };
  const [p, q] = odeint(flow, [np.array(2), np.array(0)], t, np.array(2), loose);
  close(p, [2, 1.6977506, 1.1674106, -0.3967659], 3);
  close(q, [0, -0.4087669, -0.7256941, -3.3422465], 3);
  const value = (m: Array, y: Array, times: Array): Array => {
    const [a, b] = odeint(flow, [y, np.array(0)], times, m, fine);
    return a.get(-1).mul(a.get(-1)).add(b.get(1));
  };
  const [dm, dy, dt] = jl.grad(value, { argnums: [0, 1, 2] })(2, 2, t);
  close(dm, [-1.6163136], 3);
  close(dy, [-7.2109942], 3);
  close(dt, [-2.4686067, -0.15848516, 0, 2.627092], 3);
});
test("a second gradient", () => {
  const end = (a: Array): Array => odeint((y: Array) => y.mul(a), np.array(1), np.linspace(0, 1, 2), fine).get(-1);
  close(jl.grad(jl.grad(end))(0.5), [Math.exp(0.5)], 3);
});
test("vmap over an argument", () => close(jl.vmap((a: Array) => place(a, t).get(-1))(np.array([1, 2, 3])), [-0.98999107, -0.45265943, 0.4651154]));
test("the most steps: what is not reached is said of the last", () => {
  const [reached, stopped] = [{}, { mxstep: 2 }].map((o) => odeint((y: Array) => y.neg(), np.array(1), t, { ...fine, ...o }).get(-1));
  close(reached, [Math.exp(-3)]);
  expect(Math.abs(Number(stopped!.item()) - Math.exp(-3))).toBeGreaterThan(1e-4);
});
test("what it refuses", () => {
  const f = (y: Array): Array => y.neg();
  expect(() => odeint(f, np.array(1), np.array(2))).toThrow(/t is f32\[\], expected a vector/);
  expect(() => odeint(f, np.array(1), t, { rtol: 0 })).toThrow(/rtol is 0, expected a positive number/);
  expect(() => odeint((y: Array) => np.stack([y, y]), np.array(1), t)).toThrow(/gives 2 numbers for a y of 1/);
});
