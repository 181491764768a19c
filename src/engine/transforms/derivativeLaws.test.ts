// Laws of derivatives over generated programs: jvp = finite differences, vjp = transpose of jvp, checkpoint and the other arguments change nothing.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";
import { PROGRAMS as N, breathe, close, data, program, seeds } from "../testPrograms.ts";

test(`checkpoint changes no value, with any policy, eager and compiled (${N} programs)`, async () => {
  const policies = [null, jl.checkpointPolicies.dotsSaveable, jl.checkpointPolicies.everythingSaveable, jl.checkpointPolicies.nothingSaveable];
  for (const s of seeds) {
    await breathe(s);
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
test(`jvp = finite differences in float64, linearize = jvp, vjp = transpose of jvp (${N} programs)`, async () => {
  jl.config.update("enableX64", true);
  try {
    for (const s of seeds) {
      await breathe(s);
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
test(`grad by each argument alone, the other a constant, is the same entry of grad by both (${N} programs)`, async () => {
  for (const s of seeds) {
    await breathe(s);
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
