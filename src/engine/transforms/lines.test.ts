// Lines of what transformations compute: a rule's operations stand on the line of the operation that it differentiates; a rule that a person wrote has its own.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import { type ClosedJaxpr } from "../core/jaxpr.ts";
import { Stack } from "../core/source.ts";
import type { Value } from "../core/value.ts";

const np = jl.numpy;
const x = jl.shapeDtypeStruct([3], "float32");
const here = (): number => new Stack(here).frames[0]!.line;
const linesOf = (c: ClosedJaxpr, primitive: string): Set<number | undefined> =>
  new Set(c.eqns.filter((e) => e.primitive.name === primitive).map((e) => e.source.frames[0]?.line));

test("each operation of a derivative stands on its operation's line, eager and staged", () => {
  let at = 0;
  const f = (v: Value): Value => {
    const a = np.sin(v);
    at = here();
    return a.mul(a);
  };
  const staged = jl.makeJaxpr((v: Value) => jl.jvp(f, [v], [v]))(x);
  expect([...linesOf(staged, "cos")]).toEqual([at - 1]);
  expect([...linesOf(staged, "mul")].sort()).toEqual([at - 1, at + 1]);
  const mapped = jl.makeJaxpr(jl.vmap(f))(jl.shapeDtypeStruct([2, 3], "float32"));
  expect([...linesOf(mapped, "sin"), ...linesOf(mapped, "mul")]).toEqual([at - 1, at + 1]);
});
test("operations of a rule that a person wrote stand on the rule's lines", () => {
  let at = 0;
  const f = jl.customJvp((v: Value) => np.sin(v));
  f.defjvp(([v], [t]) => {
    const c = np.cos(v!);
    at = here();
    const d = np.exp(c);
    return [np.sin(v!), d.mul(t!)];
  });
  const staged = jl.makeJaxpr((v: Value) => jl.jvp(f, [v], [v]))(x);
  expect([...linesOf(staged, "cos")]).toEqual([at - 1]);
  expect([...linesOf(staged, "exp")]).toEqual([at + 1]);
  expect([...linesOf(staged, "mul")]).toEqual([at + 2]);
});
