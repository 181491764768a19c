// Ids, regions and pins: every node and kernel of a program has an id of its own, every loop and branch a name of its own.
import { describe, expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";
import type { Graph, Node } from "../graph/graph.ts";
import { compileJaxpr } from "./compile.ts";
import { PinError, parsePins } from "./fusion/pins.ts";

const np = jl.numpy;
const vector = jl.shapeDtypeStruct([8], "float32");
const compiled = (f: (x: Value) => unknown, pins: readonly string[] = []): ReturnType<typeof compileJaxpr> =>
  compileJaxpr(jl.makeJaxpr(f)(vector), parsePins(pins));

function sums(x: Value): Value {
  const once = jl.lax.scan((c: Value, y: Value) => [c.add(np.sin(y)), c.mul(y)], np.float32(0), x) as [Value, Value];
  const twice = jl.lax.scan((c: Value, y: Value) => [c.mul(np.cos(y)), null], np.float32(1), once[1]) as [Value, null];
  return jl.lax.cond(
    twice[0].gt(0),
    (v: Value) => v.mul(2),
    (v: Value) => jl.lax.foriLoop(0, 3, (_i: Value, w: Value) => np.tanh(w), v),
    x,
  ) as Value;
}
/** Every node of a program, inside loops, branches and reducers too. */
function allNodes(g: Graph): Node[] {
  return g.nodes.flatMap((n) => {
    const inner = n.is("while")
      ? [n.attrs.cond, n.attrs.body]
      : n.is("case")
        ? n.attrs.branches
        : n.is("generic_reduce", "generic_reduce_window")
          ? [n.attrs.body]
          : [];
    return [n, ...inner.flatMap(allNodes)];
  });
}
describe("regions", () => {
  test("two loops and the branches of one program have names of their own and name their parents", () => {
    const { plan } = compiled(sums);
    expect(plan.regions.map((r) => r.name)).toEqual([
      "sums",
      "sums/while.1 condition",
      "sums/while.1 body",
      "sums/while.2 condition",
      "sums/while.2 body",
      "sums/case.3 branch 0",
      "sums/case.3 branch 1",
      expect.stringMatching(/^sums\/case\.3 branch [01]\/while\.1 condition$/),
      expect.stringMatching(/^sums\/case\.3 branch [01]\/while\.1 body$/),
    ]);
    plan.regions.forEach((r, i) => {
      expect(r.id).toBe(i);
      const holder = plan.regions.find((q) => q.graph.nodes.some((n) => n.id === r.parent));
      if (i === 0) expect(r.parent).toBeNull();
      else expect(r.name.startsWith(holder!.name)).toBe(true);
    });
  });
  test.each(["traced", "graph"] as const)("ids of nodes are unique over all regions of the %s program", (level) => {
    const ids = allNodes(compiled(sums)[level]).map((n) => n.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
  test("kernels and ledger rows name nodes of their own region", () => {
    const { plan } = compiled(sums);
    for (const k of plan.kernels) {
      expect(plan.kernels[k.id]).toBe(k);
      for (const n of k.nodes) expect(plan.regions[k.region.id]!.graph.nodes).toContain(n);
    }
    for (const r of plan.regions)
      for (const d of r.fusion.ledger) {
        expect(r.graph.nodes).toContain(d.producer);
        expect(r.graph.nodes).toContain(d.consumer);
      }
  });
  test("ids do not change from one compilation to the next", () => {
    const shown = (): string =>
      compiled(sums)
        .plan.kernels.map((k) => `${k.region.name} ${k.nodes.map((n) => n.id).join()}`)
        .join("\n");
    expect(shown()).toBe(shown());
  });
  test("a reducer's constant is not another scalar of the program with the same number", () => {
    // The constants of both programs had the same id once, and the kernel took the one for the other.
    const f = (x: Value): Value => {
      const shift = np.float32(5);
      const total = jl.lax.reduce(x, np.float32(0), (a: Value, b: Value) => a.add(b.mul(0.5)).add(0.25), [0]) as Value;
      return total.add(shift).mul(0.125);
    };
    const x = np.arange(8, { dtype: "float32" });
    expect(jl.jit(f)(x).item()).toBe(f(x).item());
  });
});
describe("pins", () => {
  test("are read from text", () => {
    expect([...parsePins(["12>15=split", " 3 > 4 = fuse"])]).toEqual([
      ["12>15", "split"],
      ["3>4", "fuse"],
    ]);
    expect(() => parsePins(["12-15=split"])).toThrow(/"12-15=split" is not of the form producer>consumer=fuse or producer>consumer=split/);
  });
  test("split an edge of the main graph, and are refused where they name none", () => {
    const f = (x: Value): Value => np.tanh(np.sin(x));
    const free = compiled(f);
    expect(free.plan.kernels).toHaveLength(1);
    const edge = free.plan.regions[0]!.fusion.ledger.find((d) => d.producer.op === "sin")!;
    const pinned = compiled(f, [`${edge.producer.id}>${edge.consumer.id}=split`]);
    expect(pinned.plan.kernels).toHaveLength(2);
    expect(() => compiled(f, ["98>99=split"])).toThrow(PinError);
  });
  test("split an edge inside a loop", () => {
    const f = (x: Value): Value => jl.lax.foriLoop(0, 3, (_i: Value, v: Value) => np.tanh(np.sin(v)), x) as Value;
    const free = compiled(f);
    const body = free.plan.regions.find((r) => r.role === "body")!;
    const edge = body.fusion.ledger.find((d) => d.producer.op === "sin")!;
    const pinned = compiled(f, [`${edge.producer.id}>${edge.consumer.id}=split`]);
    const inBody = (c: typeof free): number => c.plan.kernels.filter((k) => k.region.role === "body").length;
    expect(inBody(pinned)).toBe(inBody(free) + 1);
  });
});
