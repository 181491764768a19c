// The kernel verifier over everything that generated programs compile to, and over kernels and schedules that are wrong.
import { describe, expect, test } from "vitest";
import * as jl from "../../index.ts";
import type { Value } from "../../core/value.ts";
import { type Op, OPS, program, breathe } from "../../testPrograms.ts";
import { compileJaxpr } from "../compile.ts";
import type { Plan } from "../plan/types.ts";
import { WASM } from "../target.ts";
import { type Acc, type Expr, ExprBuilder, type Kernel, type Stmt } from "./ir.ts";
import { type LoopVar, ZERO, sum, varIx } from "./ix.ts";
import { type LoopSchedule, type Schedule, scheduleKernel } from "./schedule.ts";
import { KernelError, verifyKernel, verifySchedule } from "./verify.ts";

const np = jl.numpy;
const N = Number(process.env.JITLENS_LAWS ?? 2000) / 8;
const matrix = jl.shapeDtypeStruct([3, 4], "float32");
/** Besides the laws' operations: what reads and writes at computed places, windows, products, other types. */
const MORE: readonly Op[] = [
  ...OPS,
  (a, b) => a.at(0).set(b.get(1)),
  (a, b) => a.at(np.argmax(b, { axis: 1 }).mod(3)).add(1),
  (a, b) => np.take(a, np.argmax(b, { axis: 0 }), { axis: 0 }).get(":3"),
  (a) =>
    np
      .pad(a, [
        [1, 0],
        [0, 2],
      ])
      .get("1:", ":4"),
  (a) => a.astype("bfloat16").mul(1.5).astype("float16").astype("float32"),
  (a, b) => np.where(a.astype("int32").eq(0), a, b).astype("int16").astype("float32"),
  (a) => np.real(jl.lax.complex(a, a).mul(jl.lax.complex(a, a.neg()))),
  (a) => np.cumprod(a, { axis: 0 }),
  (a) => np.flip(np.repeat(a, 2, { axis: 0 }).get("::2"), 0),
  (a, b) => np.matmul(np.tile(a, [8, 4]), np.tile(b.T, [4, 8])).get(":3", ":4"),
  (a) => np.argsort(a, { axis: 1 }).astype("float32"),
  (a) => a.sum({ axis: 1, keepdims: true }).add(a.min({ axis: 0 })),
];
const planOf = (f: (...xs: never[]) => unknown, ...avals: unknown[]): Plan => compileJaxpr(jl.makeJaxpr(f as never)(...(avals as never[]))).plan;
function verified(what: string, plan: Plan): void {
  for (const { kernel } of plan.kernels)
    try {
      verifyKernel(kernel);
      verifySchedule(scheduleKernel(kernel, WASM), WASM);
    } catch (e) {
      throw new Error(`${what}: ${(e as Error).message}`);
    }
}
test(`kernels of generated programs, of their gradients and of their batched forms hold (${N} programs)`, async () => {
  for (let seed = 1; seed <= N; seed++) {
    await breathe(seed);
    const f = program(seed, MORE);
    verified(`program ${seed}`, planOf(f as never, matrix, matrix));
    if (seed % 2) verified(`gradient of program ${seed}`, planOf(jl.grad((a: Value, b: Value) => f(a, b).sum()) as never, matrix, matrix));
    else
      verified(`program ${seed} over a batch`, planOf(jl.vmap(f, { inAxes: [0, null] }) as never, jl.shapeDtypeStruct([2, 3, 4], "float32"), matrix));
  }
});
test("convolutions, windows and products of other shapes", () => {
  const image = jl.shapeDtypeStruct([2, 3, 9, 7], "float32");
  const filter = jl.shapeDtypeStruct([4, 3, 3, 2], "float32");
  const conv = (x: Value, w: Value): Value =>
    jl.lax.convGeneralDilated(
      x,
      w,
      [2, 1],
      [
        [1, 2],
        [0, 1],
      ],
      { lhsDilation: [2, 1], rhsDilation: [1, 2] },
    );
  verified("conv", planOf(conv as never, image, filter));
  verified("its gradient", planOf(jl.grad((x: Value, w: Value) => conv(x, w).sum(), { argnums: [0, 1] } as never) as never, image, filter));
  verified("softmax", planOf(((x: Value) => jl.nn.softmax(x)) as never, jl.shapeDtypeStruct([5, 4099], "float32")));
  verified(
    "a batch of products",
    planOf(
      ((x: Value, y: Value) => np.tanh(np.matmul(x, y))) as never,
      jl.shapeDtypeStruct([3, 17, 33], "float32"),
      jl.shapeDtypeStruct([3, 33, 21], "float32"),
    ),
  );
});

// ---- wrong ones
/** out[i] = Σ_j sin(in[4·i + j]), taken apart so that tests can put it together wrongly. */
function rowSums(): {
  kernel: Kernel;
  i: LoopVar;
  j: LoopVar;
  acc: Acc;
  element: Expr;
  start: Stmt;
  inner: Stmt;
  store: Stmt;
  with: (body: Stmt[]) => Kernel;
} {
  const b = new ExprBuilder();
  const i = b.loopVar(8, 1);
  const j = b.loopVar(4, 2);
  const acc = b.newAcc("float32");
  const at = sum([
    [varIx(i), 4],
    [varIx(j), 1],
  ]);
  const element = b.call("sin", [b.load(0, at, "float32")], "float32");
  const start: Stmt = { kind: "set", acc, value: b.const(0, "float32") };
  const inner: Stmt = { kind: "loop", v: j, contiguous: true, body: [{ kind: "reduce", acc, op: "add", value: element }] };
  const store: Stmt = { kind: "store", buffer: 1, index: varIx(i), value: b.acc(acc, 1, [i.id]), stored: "float32", part: 0 };
  const put = (body: Stmt[]): Kernel => ({
    name: "sums",
    buffers: [
      { name: "%0", dtype: "float32", size: 32, role: "in" },
      { name: "%1", dtype: "float32", size: 8, role: "out" },
      { name: "%2", dtype: "float32", size: 8, role: "scratch" },
    ],
    body: [{ kind: "loop", v: i, contiguous: false, body }],
  });
  return { kernel: put([start, inner, store]), i, j, acc, element, start, inner, store, with: put };
}
const resized = (k: Kernel, buffer: number, size: number): Kernel => ({
  ...k,
  buffers: k.buffers.map((b, n) => (n === buffer ? { ...b, size } : b)),
});
describe("wrong kernels are found", () => {
  const good = rowSums();
  const loop = good.kernel.body[0] as Stmt & { kind: "loop" };
  const store = good.store as Stmt & { kind: "store" };
  const wrong: readonly (readonly [string, Kernel, RegExp])[] = [
    ["an operand shorter than what is read", resized(good.kernel, 0, 31), /loads from %0 at 0 … 31; it has 31 elements/],
    ["a result shorter than what is stored", resized(good.kernel, 1, 7), /stores to %1 at 0 … 7; it has 7 elements/],
    ["an accumulator that is never set", good.with([good.inner, store]), /added to before it is set/],
    ["an accumulator that is read before it is set", good.with([store, good.start, good.inner]), /read before it is set/],
    ["a store to the operand", good.with([good.start, good.inner, store, { ...store, buffer: 0 }]), /stores to its operand %0/],
    ["a result that nothing is stored to", good.with([good.start, good.inner]), /nothing is stored to its result %1/],
    [
      "a value of another type",
      good.with([good.start, good.inner, { ...store, value: new ExprBuilder().const(1, "int32") }]),
      /is int32, not float32/,
    ],
    [
      "a buffer read as another type",
      { ...good.kernel, buffers: good.kernel.buffers.map((b) => ({ ...b, dtype: "int32" as const })) },
      /as float32; it holds int32/,
    ],
    ["a value read outside its loop", { ...good.kernel, body: [loop, { ...store, index: ZERO }] }, /outside loop/],
    [
      "scratch that is read before it is written",
      good.with([good.start, good.inner, { ...store, value: new ExprBuilder().load(2, ZERO, "float32") }]),
      /scratch %2 before it is written/,
    ],
    [
      "a load that is moved out of its loop",
      good.with([
        good.start,
        {
          ...good.inner,
          body: [{ kind: "reduce", acc: good.acc, op: "add", value: { ...(good.element as Expr & { kind: "call" }).args[0]!, depth: 0 } }],
        } as Stmt,
        store,
      ]),
      /hides what its index depends on/,
    ],
    ["loops that say the wrong depth", { ...good.kernel, body: [{ ...loop, v: { ...loop.v, depth: 3 } }] }, /depth 2 inside a loop of depth 3/],
  ];
  test("the right one holds", () => {
    verifyKernel(good.kernel);
    verifySchedule(scheduleKernel(good.kernel, WASM), WASM);
  });
  test.each(wrong)("%s", (_name, kernel, message) => {
    expect(() => verifyKernel(kernel)).toThrow(KernelError);
    expect(() => verifyKernel(kernel)).toThrow(message);
  });
});
describe("wrong schedules are found", () => {
  const { kernel, i, j, element } = rowSums();
  const right = scheduleKernel(kernel, WASM);
  const replan = (v: LoopVar, change: Partial<LoopSchedule>): Schedule => ({
    ...right,
    loops: new Map([...right.loops, [v, { ...right.loops.get(v)!, ...change }]]),
  });
  test("the inner loop runs in lanes, the outer one is parallel, the function is called lane by lane", () => {
    expect(right.loops.get(j)).toMatchObject({ kind: "lanes", lanes: 4 });
    expect(right.loops.get(i)?.kind).toBe("parallel");
    expect(right.held.get(element)).toBe("scalars and lanes");
  });
  const wrong: readonly (readonly [string, Schedule, RegExp])[] = [
    ["lanes that add to one accumulator at once", replan(j, { carries: [] }), /not carried/],
    ["lanes inside lanes", replan(i, { kind: "lanes", lanes: 4 }), /in lanes inside/],
    ["more lanes than iterations", replan(j, { lanes: 8 }), /fewer than 8 lanes/],
    ["a loop without a schedule", { ...right, loops: new Map([[i, right.loops.get(i)!]]) }, /has no schedule/],
    ["a library function in lanes", { ...right, held: new Map([...right.held, [element, "lanes"]]) }, /has no form in lanes/],
    ["a value without a form", { ...right, held: new Map() }, /has no form/],
  ];
  test.each(wrong)("%s", (_name, schedule, message) => expect(() => verifySchedule(schedule, WASM)).toThrow(message));
  test("a loop whose iterations depend on one another is sequential, whatever its strides", () => {
    const plan = planOf(((x: Value) => np.cumsum(x)) as never, jl.shapeDtypeStruct([64], "float32"));
    const k = plan.kernels.find((x) => x.kernel.body.length > 0)!.kernel;
    expect([...scheduleKernel(k, WASM).loops.values()].map((l) => l.kind)).toEqual(["sequential"]);
  });
});
