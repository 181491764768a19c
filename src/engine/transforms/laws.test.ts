// Laws over generated programs: jit = eager, vmap = loop, jaxprs of transformed programs type-check, text round-trips.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";
import { typecheckJaxpr } from "../core/typecheck.ts";
import { PROGRAMS as N, breathe, close, data, program, seeds } from "../testPrograms.ts";

const np = jl.numpy;
test(`jit = eager, and the jaxpr checks and round-trips (${N} programs)`, async () => {
  for (const s of seeds) {
    await breathe(s);
    const f = program(s),
      x = data(s, [3, 4]),
      y = data(s + 7, [3, 4]),
      jaxpr = jl.makeJaxpr(f)(x, y);
    typecheckJaxpr(jaxpr.jaxpr);
    close(jl.jit(f)(x, y), f(x, y), 2e-5, `program ${s}: jit`);
    expect(String(jl.interop.parseJaxpr(String(jaxpr))), `program ${s}: text`).toBe(String(jaxpr));
  }
});
test(`vmap = loop (${N} programs)`, async () => {
  for (const s of seeds) {
    await breathe(s);
    const f = program(s),
      x = data(s, [2, 3, 4]),
      y = data(s + 7, [3, 4]);
    close(jl.vmap(f, { inAxes: [0, null] })(x, y), np.stack([f(x.get(0), y), f(x.get(1), y)]), 5e-5, `program ${s}: vmap`);
  }
});
test(`every transformation's jaxpr type-checks (${N} programs)`, async () => {
  // With checks on, each program that is staged on the way is checked as well.
  jl.config.update("enableChecks", true);
  try {
    for (const s of seeds) {
      await breathe(s);
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
