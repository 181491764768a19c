// The cells of JAX's "Autodiff Cookbook" and "Custom derivative rules" notebooks: every number, against what a real JAX gave (cells.py).
import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import * as jl from "../../src/engine/index.ts";
import type { Value } from "../../src/engine/core/value.ts";

const { numpy: np, random, lax, grad, jvp, vjp, vmap, jit, jacfwd, jacrev, hessian } = jl;
const expected = JSON.parse(readFileSync(new URL("expected.json", import.meta.url), "utf8")) as Record<string, number[]>;
const seen = new Set<string>();
type F = (...xs: never[]) => unknown;
const flat = (v: unknown): number[] =>
  jl.tree.leaves(v).flatMap((x) => {
    const a = np.asarray(x as Value) as jl.Array;
    return Array.from(a.dataSync() as Float32Array, Number);
  });
function cell(name: string, run: () => unknown, tolerance = 2e-5): void {
  seen.add(name);
  test(name, () => {
    const got = flat(run()),
      want = expected[name]!;
    expect(got).toHaveLength(want.length);
    got.forEach((g, i) =>
      expect(
        Math.abs(g - want[i]!) <= tolerance * (1 + Math.abs(want[i]!)) ||
          (Number.isNaN(g) && want[i] === null) ||
          (Number.isNaN(g) && Number.isNaN(want[i])),
        `${name}, number ${i}: ${g}, JAX gives ${want[i]}`,
      ).toBe(true),
    );
  });
}
afterAll(() =>
  expect([...seen].sort()).toEqual(
    Object.keys(expected)
      .filter((k) => k !== "jax")
      .sort(),
  ),
);
const G = (f: unknown, o?: object | number | number[]): ((...xs: unknown[]) => Value) => grad(f as F as never, o as never) as never;

// ---- The Autodiff Cookbook
cell("cookbook 1", () => G(np.tanh)(2.0));
cell("cookbook 2", () => G(G(np.tanh))(2.0));
cell("cookbook 3", () => G(G(G(np.tanh)))(2.0));
const sigmoid = (x: Value): Value => np.tanh(x.div(2)).add(1).mul(0.5),
  predict = (W: Value, b: Value, xs: Value): Value => sigmoid(xs.matmul(W).add(b));
const inputs = np.array([
    [0.52, 1.12, 0.77],
    [0.88, -1.08, 0.15],
    [0.52, 0.06, -1.3],
    [0.74, -2.49, 1.39],
  ]),
  targets = np.array([true, true, false, true]);
const loss = (W: Value, b: Value): Value => {
  const p = predict(W, b, inputs),
    t = targets.astype("float32");
  return np
    .log(p.mul(t).add(np.subtract(1, p).mul(np.subtract(1, t))))
    .sum()
    .neg();
};
let key = random.key(0);
const next = (): Value => {
  const ks = random.split(key);
  key = ks.get(0);
  return ks.get(1);
};
const ks = random.split(key, { num: 3 }),
  W = random.normal(ks.get(1), { shape: [3] }),
  b = random.normal(ks.get(2), { shape: [] });
key = ks.get(0);
cell("cookbook 4: W", () => W);
cell("cookbook 5: b", () => b);
cell("cookbook 6: loss", () => loss(W, b));
cell("cookbook 7: W_grad", () => G(loss, { argnums: 0 })(W, b));
cell("cookbook 8: b_grad", () => G(loss, 1)(W, b));
cell("cookbook 9: both", () => G(loss, [0, 1])(W, b));
cell("cookbook 10: dict", () => G((p: { W: Value; b: Value }) => loss(p.W, p.b))({ W, b }));
cell("cookbook 11: value and grad", () => jl.valueAndGrad(loss, [0, 1])(W, b));
const vec = random.normal(next(), { shape: [3] }),
  unitvec = vec.div(np.sqrt(np.vdot(vec, vec)));
cell("cookbook 12: unit vector", () => unitvec);
cell("cookbook 13: directional derivative", () => np.vdot(G(loss)(W, b), unitvec));
cell("cookbook 14: hvp", () => {
  const f0 = (w: Value): Value => loss(w, b);
  return G((x: Value) => np.vdot(G(f0)(x), unitvec))(W);
});
const f = (w: Value): Value => predict(w, b, inputs);
cell("cookbook 15: jacfwd", () => jacfwd(f)(W));
cell("cookbook 16: jacrev", () => jacrev(f)(W));
cell("cookbook 17: jacrev of a dict", () => jacrev((p: { W: Value; b: Value }, xs: Value) => predict(p.W, p.b, xs))({ W, b }, inputs));
cell("cookbook 18: hessian", () => hessian(f)(W));
const v = random.normal(next(), { shape: [3] });
cell("cookbook 19: jvp", () => jvp(f, [W], [v]));
const [y, pull] = vjp(f, W) as [Value, (u: Value) => Value[]],
  u = random.normal(next(), { shape: y.shape });
cell("cookbook 20: vjp value", () => y);
cell("cookbook 21: vjp", () => pull(u));
const g = (X: Value): Value => np.tanh(X).pow(2).sum(),
  three = random.split(key, { num: 3 }),
  X = random.normal(three.get(1), { shape: [3, 4] }),
  V = random.normal(three.get(2), { shape: [3, 4] });
key = three.get(0);
cell("cookbook 22: forward over reverse", () => jvp(G(g) as F as never, [X], [V])[1]);
cell("cookbook 23: by the full Hessian", () => np.tensordot(hessian(g)(X), V, 2));
cell("cookbook 24: reverse over forward", () => G((x: Value) => jvp(g, [x], [V])[1])(X));
cell("cookbook 25: reverse over reverse", () => G((x: Value) => np.vdot(G(g)(x), V))(X));
const M = random.normal(next(), { shape: [5, 4] }),
  N = random.normal(next(), { shape: [5, 3] });
cell("cookbook 26: vmjp", () => vmap(pull)(M));
cell("cookbook 27: vmjvp", () => vmap((s: Value) => jvp(f, [W], [s])[1])(N));
const complex = (re: number, im: number): Value => lax.complex(np.array(re), np.array(im)),
  z = complex(3, 4);
cell("cookbook 28: holomorphic sine", () => G(np.sin, { holomorphic: true })(z));
cell("cookbook 29: conj", () => G(np.conjugate, { holomorphic: true })(z));
cell("cookbook 30: real of complex", () => G((w: Value) => np.real(w).pow(2).add(np.imag(w).pow(2)))(z));
const A = lax.complex(
  np.array([
    [5, 2, 0],
    [2, 7, 1],
    [0, 1, 12],
  ]),
  np.array([
    [0, 3, 5],
    [-3, 0, 7],
    [-5, -7, 0],
  ]),
);
cell(
  "cookbook 31: complex Cholesky",
  () =>
    G(
      (B: Value) => {
        const L = np.linalg.cholesky(B);
        return L.sub(np.sin(L)).pow(2).sum();
      },
      { holomorphic: true },
    )(A),
  2e-4,
);
const mixed = (w: Value): Value => np.exp(w).mul(np.conj(w));
cell("cookbook 32: complex jvp", () => jvp(mixed, [complex(1, 2)], [complex(0.5, -1)]));
cell("cookbook 33: complex vjp", () => (vjp(mixed, complex(1, 2))[1] as (c: Value) => unknown)(complex(0.5, -1)));

// ---- Custom derivative rules
const plain = (x: Value): Value => np.log(np.exp(x).add(1)),
  range3 = np.arange(3).astype("float32");
cell("custom 1", () => plain(np.array(3)));
cell("custom 2: jit", () => jit(plain)(np.array(3)));
cell("custom 3: jit grad", () => jit(G(plain))(3));
cell("custom 4: vmap jit grad", () => vmap(jit(G(plain)))(range3));
cell("custom 5: unstable", () => G(plain)(100));
const log1pexp = jl.customJvp(plain).defjvp(([x]: [Value], [t]: [Value]) => [log1pexp(x), np.subtract(1, np.divide(1, np.exp(x).add(1))).mul(t)]);
cell("custom 6: stable", () => G(log1pexp)(100));
cell("custom 7: jit", () => jit(log1pexp)(np.array(3)));
cell("custom 8: jit grad", () => jit(G(log1pexp))(3));
cell("custom 9: vmap jit grad", () => vmap(jit(G(log1pexp)))(range3));
cell("custom 10: second derivative", () => G(G(log1pexp))(3));
const h0 = (x: Value): Value => x.div(np.sqrt(x).add(1)),
  h = jl.customJvp(h0).defjvp(([x]: [Value], [t]: [Value]) => [h0(x), np.sqrt(x).add(2).div(np.sqrt(x).add(1).pow(2).mul(2)).mul(t)]);
cell("custom 11: convention", () => G(h0)(0));
cell("custom 12: convention, fixed", () => G(h)(0));
const clipGradient = jl
  .customVjp((_lo: Value, _hi: Value, x: Value) => x)
  .defvjp(
    (lo, hi, x) => [x, [lo, hi]],
    ([lo, hi], ct) => [null, null, np.clip(ct, lo, hi)],
  );
const t = np.linspace(0, 10, 9);
cell("custom 13: gradients", () => vmap(G(np.sin))(t));
cell("custom 14: clipped gradients", () => vmap(G((x: Value) => np.sin(clipGradient(-0.75, 0.75, x))))(t));
type Step = (a: never, x: Value) => Value;
const fixedPoint = jl.customVjp(
  (step: Step, a: unknown, guess: Value): Value =>
    (
      lax.whileLoop(
        ([p, x]: [Value, Value]) => np.abs(p.sub(x)).gt(1e-6),
        ([, x]: [Value, Value]) => [x, step(a as never, x)],
        [guess, step(a as never, guess)],
      ) as Value[]
    )[1]!,
  { nondiffArgnums: 0 },
);
fixedPoint.defvjp(
  (step: Step, a: unknown, x0: Value) => {
    const x = fixedPoint(step, a, x0);
    return [x, [a, x]] as never;
  },
  (step: Step, [a, x]: [unknown, Value], bar: Value) => {
    const back = (p: [unknown, Value, Value], w: Value): Value => {
      const [, pullX] = vjp((q: Value) => step(p[0] as never, q), p[1]);
      return p[2].add((pullX as (c: Value) => Value[])(w)[0]!);
    };
    const [, pullA] = vjp((q: never) => step(q, x), a as never),
      [bara] = (pullA as (c: Value) => unknown[])(fixedPoint(back as never, [a, x, bar] as never, bar));
    return [bara, np.zerosLike(x)];
  },
);
const newton = (a: Value): Value => fixedPoint(((c: Value, x: Value) => x.add(c.div(x)).mul(0.5)) as never, a, a);
cell("custom 15: fixed point", () => newton(np.array(2)));
cell("custom 16: its gradient", () => G(newton)(2));
cell("custom 17: its second", () => G(G(newton))(2));
const fxy = jl
  .customJvp((x: Value, w: Value) => np.sin(x).mul(w))
  .defjvp(([x, w]: Value[], [dx, dw]: Value[]) => [fxy(x!, w!), np.cos(x!).mul(dx!).mul(w!).add(np.sin(x!).mul(dw!))]);
cell("custom 18: value", () => fxy(np.array(2), np.array(3)));
cell("custom 19: jvp", () => jvp(fxy, [2, 3], [1, 0]));
cell("custom 20: grad", () => G(fxy)(2, 3));
const fs = jl
  .customJvp((x: Value, w: Value) => np.sin(x).mul(w))
  .defjvps(
    (dx, _out, x, w) => np.cos(x!).mul(dx).mul(w!),
    (dw, _out, x) => np.sin(x!).mul(dw),
  );
cell("custom 21: defjvps", () => G(fs, [0, 1])(2, 3));
const one = jl.customJvp((x: Value, w: Value) => x.pow(2).mul(w)).defjvps((dx, _out, x, w) => x!.mul(2).mul(w!).mul(dx), null);
cell("custom 22: one rule only", () => G(one, [0, 1])(2, 3));
const fv = jl.customVjp((x: Value, w: Value): Value => np.sin(x).mul(w));
fv.defvjp(
  (x: Value, w: Value) => [fv(x, w), [np.cos(x), np.sin(x), w]],
  ([c, s, w]: Value[], ct: Value) => [c!.mul(ct).mul(w!), s!.mul(ct)],
);
cell("custom 23: custom_vjp", () => G(fv, [0, 1])(2, 3));
const app = jl
  .customJvp((q: (x: Value) => Value, x: Value) => q(x), { nondiffArgnums: 0 })
  .defjvp((q: (x: Value) => Value, [x]: [Value], [dx]: [Value]) => [q(x), dx.mul(2)]);
cell("custom 24: nondiff", () => app((x) => x.pow(3), np.array(3)));
cell("custom 25: nondiff grad", () => G((x: Value) => app((w) => w.pow(3), x))(3));
const app2 = jl
  .customJvp((q: (x: Value) => Value, x: Value, r: (x: Value) => Value) => q(r(x)), { nondiffArgnums: [0, 2] })
  .defjvp((q: (x: Value) => Value, r: (x: Value) => Value, [x]: [Value], [dx]: [Value]) => [q(r(x)), dx.mul(3)]);
cell("custom 26: two nondiff", () =>
  G((x: Value) =>
    app2(
      (w) => w.pow(3),
      x,
      (w) => w.mul(5),
    ),
  )(3),
);
