// The plan verifier over generated programs, with loops and branches, and over plans that are wrong.
import { describe, expect, test } from "vitest";
import * as jl from "../../index.ts";
import type { Value } from "../../core/value.ts";
import { typecheckJaxpr } from "../../core/typecheck.ts";
import { type Op, OPS, program, breathe } from "../../testPrograms.ts";
import { compileJaxpr } from "../compile.ts";
import type { KernelStep, Plan, Step } from "./types.ts";
import { PlanError, verifyPlan } from "./verify.ts";

const np = jl.numpy;
const N = Number(process.env.JITLENS_LAWS ?? 2000) / 8;
const matrix = jl.shapeDtypeStruct([3, 4], "float32");
/** Updates in place, loops that exchange what they carry, branches that hand operands through: where memory is used again. */
const MEMORY: readonly Op[] = [
  ...OPS,
  (a, b) => a.at(0).set(b.get(1)),
  (a, b) => a.at(1).add(b.get(0)).at(2).set(a.get(0)),
  (a) => np.sort(a, { axis: 1 }),
  (a, b) => (jl.lax.foriLoop(0, 3, (_i: Value, [x, y]: [Value, Value]) => [y, x.add(1)] as [Value, Value], [a, b]) as [Value, Value])[0],
  (a, b) =>
    (
      jl.lax.whileLoop(
        ([i]: [Value, Value, Value]) => i.lt(3),
        ([i, x, y]: [Value, Value, Value]) => [i.add(1), x.at(i).set(y.get(0).mul(2)), y.sub(x)] as [Value, Value, Value],
        [np.int32(0), a, b],
      ) as [Value, Value, Value]
    )[1],
  // What a loop carries unchanged is one array with what it started from.
  (a, b) => {
    const [x, y] = jl.lax.foriLoop(0, 2, (_i: Value, [u, v]: [Value, Value]) => [u, v.add(u)] as [Value, Value], [np.sort(a), b]) as [Value, Value];
    return y.matmul(x.T).matmul(x).mul(0.1);
  },
  (a, b) => {
    const [x, y] = jl.lax.cond(
      a.sum().gt(b.sum()),
      (u: Value, v: Value) => [v, u],
      (u: Value, v: Value) => [u, np.tanh(v)],
      a,
      b,
    ) as [Value, Value];
    return x.sub(y);
  },
  (a, b) => (jl.lax.scan((h: Value, r: Value) => [h.add(r), h.mul(r.sum())], a.get(0), b, { unroll: 2 }) as [Value, Value])[1].matmul(a.T).matmul(b),
  (a, b) => (jl.lax.scan((h: Value, r: Value) => [h.at(0).add(r.get(0)), h.mul(r.sum())], a, b) as [Value, Value])[1].sum({ axis: 0 }),
  (a) => (jl.lax.foriLoop(0, 2, (_i: Value, x: Value) => jl.lax.foriLoop(0, 2, (j: Value, y: Value) => y.at(j).mul(0.5), x), a) as Value).add(a),
];
const planOf = (f: (...xs: never[]) => unknown, ...avals: unknown[]): Plan => {
  const jaxpr = jl.makeJaxpr(f as never)(...(avals as never[]));
  typecheckJaxpr(jaxpr.jaxpr);
  return compileJaxpr(jaxpr).plan;
};
function verified(what: string, plan: Plan): void {
  try {
    verifyPlan(plan);
  } catch (e) {
    throw new Error(`${what}: ${(e as Error).message}`);
  }
}
test(`plans of generated programs, of their gradients and of their batched forms hold (${N} programs)`, async () => {
  for (let seed = 1; seed <= N; seed++) {
    await breathe(seed);
    const f = program(seed, MEMORY);
    verified(`program ${seed}`, planOf(f as never, matrix, matrix));
    const loss = (a: Value, b: Value): Value => f(a, b).sum();
    const isLoop = /\bwhile\[/.test(String(jl.makeJaxpr(loss)(matrix, matrix)));
    if (!isLoop) verified(`gradient of program ${seed}`, planOf(jl.grad(loss) as never, matrix, matrix));
    if (seed % 3 === 0) {
      const many = jl.shapeDtypeStruct([2, 3, 4], "float32");
      verified(`program ${seed} over a batch`, planOf(jl.vmap(f, { inAxes: [0, null] }) as never, many, matrix));
    }
  }
});
test("compiled programs give what single operations give, where memory is used again", () => {
  const x = np.arange(12, { dtype: "float32" }).reshape([3, 4]).mul(0.1);
  const y = np.sin(x);
  for (let seed = 1; seed <= N / 4; seed++) {
    const f = program(seed, MEMORY);
    const [jitted, eager] = [jl.jit(f)(x, y), f(x, y)].map((v) => (v as jl.Array).tolist());
    (jitted as number[][]).flat().forEach((v, i) => expect(v, `program ${seed}, element ${i}`).toBeCloseTo((eager as number[][]).flat()[i]!, 3));
  }
});
describe("wrong plans are found", () => {
  const swap = (a: Value, b: Value): Value => {
    const [x, y] = jl.lax.foriLoop(0, 3, (_i: Value, [u, v]: [Value, Value]) => [v, u.add(1)] as [Value, Value], [a, b]) as [Value, Value];
    return x
      .at(0)
      .set(y.get(1))
      .matmul(np.cumsum(y.T, { axis: 0 }));
  };
  const right = planOf(swap as never, matrix, matrix);
  test("the right one holds", () => verifyPlan(right));
  const kernels = right.steps.filter((s): s is KernelStep => s.kind === "kernel");
  const broken = (steps: (steps: readonly Step[]) => readonly Step[], more: Partial<Plan> = {}): (() => void) => {
    return () => verifyPlan({ ...right, ...more, steps: steps(right.steps) });
  };
  test("a step left out", () => {
    for (const s of right.steps)
      expect(
        broken((all) => all.filter((x) => x !== s)),
        s.kind,
      ).toThrow(PlanError);
  });
  test("steps in the wrong order", () => expect(broken((all) => [...all].reverse())).toThrow(PlanError));
  test("an arena that is too small", () => expect(broken((all) => all, { arenaBytes: right.arenaBytes - 64 })).toThrow(/past the arena's end/));
  test("a value in another's place", () => {
    const inArena = kernels.flatMap((k) => k.places).find((p) => p.kind === "arena")!;
    const moved = (s: Step): Step => (s.kind === "kernel" ? { ...s, places: s.places.map((p) => (p.kind === "arena" ? inArena : p)) } : s);
    expect(broken((all) => all.map(moved))).toThrow(PlanError);
  });
  test("a result in an argument's slot", () => {
    const onto = (s: Step): Step =>
      s.kind === "kernel"
        ? { ...s, places: s.places.map((p, i) => (s.kernel.kernel.buffers[i]!.role === "out" ? { kind: "slot", slot: 0 } : p)) }
        : s;
    expect(broken((all) => all.map(onto))).toThrow(/an argument or a constant/);
  });
  test("carried values exchanged without a temporary", () => {
    const direct = (s: Step): Step => {
      if (s.kind !== "while") return s;
      const temporary = s.body.find((x) => x.kind === "copy" && s.carried.some((c) => c === x.from));
      expect(temporary).toBeDefined();
      return { ...s, body: s.body.filter((x) => x !== temporary) };
    };
    expect(broken((all) => all.map(direct))).toThrow(PlanError);
  });
});
