// Laws over generated programs: jit = eager, vmap = loop, jvp = finite differences, vjp = transpose of jvp, text round-trips.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";
import { typecheckJaxpr } from "../core/typecheck.ts";

const np = jl.numpy;
/** A small seeded generator: mulberry32. */
function generator(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
type Op = (a: Value, b: Value) => Value;
const OPS: readonly Op[] = [
  (a, b) => a.add(b),
  (a, b) => a.mul(b),
  (a, b) => a.sub(b),
  (a) => np.tanh(a),
  (a) => np.sin(a),
  (a) => np.exp(np.tanh(a)),
  (a) => jl.nn.softmax(a),
  (a) => a.sub(a.mean({ axis: -1, keepdims: true })),
  (a, b) => np.where(a.gt(b), a, b.mul(0.5)),
  (a, b) => a.matmul(b.T).matmul(b).mul(0.1),
  (a) => a.T.reshape([3, 4]),
  (a) => np.cumsum(a, { axis: 1 }),
  (a, b) => a.div(b.mul(b).add(1)),
  (a) => np.flip(a, 1),
  (a) => np.roll(a, 1, 0),
  (a) => np.log1p(a.mul(a)),
  (a) => np.concatenate([a.get(":", "2:"), a.get(":", ":2")], { axis: 1 }),
  (a) => np.sqrt(a.mul(a).add(1)),
  (a) => jl.nn.logSoftmax(a),
  (a) => np.sum(a, { axis: 0 }).mul(np.ones([3, 4])),
  // Control flow: carries that are constant, given, or both; conditions on the data.
  (a, b) =>
    (jl.lax.scan((h: Value, row: Value) => [np.tanh(h.mul(0.5).add(row)), h.sub(row)], np.zeros([4], { dtype: a.dtype }), a.add(b)) as Value[])[1]!,
  (a, b) => jl.lax.foriLoop(0, 2, (i: Value, h: Value) => np.sin(h).mul(b).add(i.mul(0.1)), a) as Value,
  (a, b) =>
    jl.lax.cond(
      b.sum().gt(0),
      (x: Value, y: Value) => x.mul(y),
      (x: Value, _y: Value) => np.sin(x),
      a,
      b,
    ) as Value,
];
function program(seed: number): (x: Value, y: Value) => Value {
  const r = generator(seed),
    steps = Array.from({ length: 2 + Math.floor(r() * 5) }, () => ({ op: OPS[Math.floor(r() * OPS.length)]!, i: r(), j: r() }));
  return (x, y) => {
    const vs = [x, y];
    for (const s of steps) vs.push(s.op(vs[Math.floor(s.i * vs.length)]!, vs[Math.floor(s.j * vs.length)]!));
    return vs.at(-1)!;
  };
}
const data = (seed: number, shape: number[], dtype = "float32"): Value => {
  const r = generator(seed),
    n = shape.reduce((a, b) => a * b, 1);
  return np
    .array(
      Array.from({ length: n }, () => r() * 2 - 1),
      { dtype },
    )
    .reshape(shape);
};
function close(a: Value, b: Value, tolerance: number, what: string): void {
  const x = (a as jl.Array).dataSync() as Float32Array,
    y = (b as jl.Array).dataSync() as Float32Array;
  expect(a.shape, what).toEqual(b.shape);
  for (let i = 0; i < x.length; i++)
    if (!(Math.abs(Number(x[i]) - Number(y[i])) <= tolerance * (1 + Math.abs(Number(y[i])))))
      throw new Error(`${what}: element ${i} is ${x[i]}, expected ${y[i]}`);
}
const N = Number(process.env.JITLENS_LAWS ?? 2000),
  seeds = Array.from({ length: N }, (_x, i) => i + 1);
test(`jit = eager, and the jaxpr checks and round-trips (${N} programs)`, () => {
  for (const s of seeds) {
    const f = program(s),
      x = data(s, [3, 4]),
      y = data(s + 7, [3, 4]),
      jaxpr = jl.makeJaxpr(f)(x, y);
    typecheckJaxpr(jaxpr.jaxpr);
    close(jl.jit(f)(x, y), f(x, y), 2e-5, `program ${s}: jit`);
    expect(String(jl.interop.parseJaxpr(String(jaxpr))), `program ${s}: text`).toBe(String(jaxpr));
  }
});
test(`vmap = loop (${N} programs)`, () => {
  for (const s of seeds) {
    const f = program(s),
      x = data(s, [2, 3, 4]),
      y = data(s + 7, [3, 4]);
    close(jl.vmap(f, { inAxes: [0, null] })(x, y), np.stack([f(x.get(0), y), f(x.get(1), y)]), 5e-5, `program ${s}: vmap`);
  }
});
test(`every transformation's jaxpr type-checks (${N} programs)`, () => {
  // With checks on, each program that is staged on the way is checked as well.
  jl.config.update("enableChecks", true);
  try {
    for (const s of seeds) {
      const f = program(s),
        x = data(s, [3, 4]),
        y = data(s + 7, [3, 4]),
        loss = (a: Value, b: Value): Value => f(a, b).sum(),
        xs = data(s, [2, 3, 4]);
      const transformed: ((...v: never[]) => unknown)[] = [
        jl.grad(loss) as never,
        jl.jit(jl.grad(jl.jit(loss)) as never) as never,
        ((a: Value, b: Value) => jl.jvp(f, [a, b], [b, a])) as never,
        jl.checkpoint(f) as never,
        ((a: Value, b: Value) => jl.grad(jl.checkpoint(loss) as never)(a, b)) as never,
      ];
      for (const t of transformed) typecheckJaxpr(jl.makeJaxpr(t as never)(x, y).jaxpr);
      typecheckJaxpr(jl.makeJaxpr(jl.vmap(jl.grad(loss) as never, { inAxes: [0, null] }) as never)(xs, y).jaxpr);
    }
  } finally {
    jl.config.update("enableChecks", false);
  }
});
test(`checkpoint changes no value, with any policy, eager and compiled (${N} programs)`, () => {
  const policies = [null, jl.checkpointPolicies.dotsSaveable, jl.checkpointPolicies.everythingSaveable, jl.checkpointPolicies.nothingSaveable];
  for (const s of seeds) {
    const f = program(s),
      x = data(s, [3, 4]),
      y = data(s + 7, [3, 4]),
      loss = (a: Value, b: Value): Value => f(a, b).sum(),
      kept = jl.checkpoint(loss, { policy: policies[s % policies.length]! }),
      want = (jl.grad(loss) as never as typeof loss)(x, y);
    close(kept(x, y), loss(x, y), 2e-5, `program ${s}: checkpoint`);
    close((jl.grad(kept) as never as typeof loss)(x, y), want, 5e-5, `program ${s}: its gradient`);
    if (s % 4 === 0) close(jl.jit(jl.grad(kept) as never as typeof loss)(x, y), want, 5e-5, `program ${s}: its gradient under jit`);
  }
});
test(`jvp = finite differences in float64, linearize = jvp, vjp = transpose of jvp (${N} programs)`, () => {
  jl.config.update("enableX64", true);
  try {
    for (const s of seeds) {
      const f = program(s),
        x = data(s, [3, 4], "float64"),
        y = data(s + 7, [3, 4], "float64"),
        t = data(s + 13, [3, 4], "float64"),
        ct = data(s + 17, [3, 4], "float64"),
        h = 1e-6;
      const [, dot] = jl.jvp((a: Value) => f(a, y), [x], [t]) as [Value, Value],
        difference = f(x.add(t.mul(h)), y)
          .sub(f(x.sub(t.mul(h)), y))
          .div(2 * h);
      if (!/gt|max/.test(String(jl.makeJaxpr(f)(x, y)))) close(dot, difference, 2e-5, `program ${s}: jvp`);
      const [, linear] = jl.linearize((a: Value) => f(a, y), x) as [Value, (t: Value) => Value];
      close(linear(t), dot, 1e-9, `program ${s}: linearize`);
      const [, pull] = jl.vjp((a: Value) => f(a, y), x),
        [g] = pull(ct) as [Value],
        left = Number(dot.mul(ct).sum().item()),
        right = Number(g.mul(t).sum().item());
      expect(Math.abs(left - right), `program ${s}: <ct, J t> = ${left}, <Jᵀ ct, t> = ${right}`).toBeLessThan(1e-9 * (1 + Math.abs(left)));
    }
  } finally {
    jl.config.update("enableX64", false);
  }
});
test(`grad by each argument alone, the other a constant, is the same entry of grad by both (${N} programs)`, () => {
  for (const s of seeds) {
    const f = program(s),
      x = data(s, [3, 4]),
      y = data(s + 7, [3, 4]),
      loss = (a: Value, b: Value): Value => f(a, b).sum(),
      both = jl.grad(loss, { argnums: [0, 1] })(x, y) as unknown as Value[];
    const alone = [
      (jl.grad((a: Value) => loss(a, y)) as never as (v: Value) => Value)(x),
      (jl.grad((b: Value) => loss(x, b)) as never as (v: Value) => Value)(y),
    ];
    alone.forEach((g, i) => {
      close(g, both[i]!, 2e-5, `program ${s}: by argument ${i} alone`);
      if (s % 4 === 0)
        close((jl.jit(jl.grad(loss, { argnums: i })) as never as typeof loss)(x, y), both[i]!, 5e-5, `program ${s}: by argument ${i}, compiled`);
    });
  }
});
