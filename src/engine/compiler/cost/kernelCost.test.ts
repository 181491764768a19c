// The cost model without a clock: what is counted, what waits for what, and that more work never costs less.
import { expect, test } from "vitest";
import * as jl from "../../index.ts";
import { compile } from "../../backends/programs.ts";
import { scheduleKernel } from "../kernel/schedule.ts";
import { WASM } from "../target.ts";
import { type KernelWork, kernelCost, kernelWork, workNs } from "./kernelCost.ts";
import { CLASSES, type CostTable, ORDINARY } from "./table.ts";
import { trafficOf } from "./traffic.ts";

const { numpy: np } = jl;
const kernels = (f: (...xs: jl.Value[]) => jl.Value, ...xs: jl.Value[]) =>
  compile(jl.makeJaxpr(f as never)(...xs)).compilation.plan.kernels.map((k) => ({ k, schedule: scheduleKernel(k.kernel, WASM) }));
function workOf(f: (...xs: jl.Value[]) => jl.Value, ...xs: jl.Value[]): KernelWork {
  const [only, ...more] = kernels(f, ...xs);
  expect(more).toHaveLength(0);
  return kernelWork(only!.schedule);
}
const cost = (list: ReturnType<typeof kernels>, table: CostTable): number =>
  list.reduce((s, { k, schedule }) => s + 1e6 * kernelCost(schedule, trafficOf(k, schedule), table).ms, 0);
const innermost = (w: KernelWork) => w.bodies.reduce((a, b) => (b.body.times > a.body.times ? b : a));
const zeros = (...shape: number[]): jl.Value => np.zeros(shape);

test("operations in a chain wait for one another, those side by side do not", () => {
  const chain = innermost(workOf((x) => np.sin(np.sin(np.sin(x))), zeros(4096)));
  const beside = innermost(
    workOf(
      (x) =>
        np
          .sin(x)
          .add(np.sin(x.add(1)))
          .add(np.sin(x.add(2))),
      zeros(4096),
    ),
  );
  expect(chain.waits!.chain).toBeGreaterThan(2 * beside.waits!.chain);
  expect(chain.classes.get("lanes")).toBeLessThan(1.2 * beside.classes.get("lanes")!);
  expect(workNs({ bodies: [chain], nodes: new Map() }, ORDINARY)).toBeGreaterThan(1.2 * workNs({ bodies: [beside], nodes: new Map() }, ORDINARY));
});
test("the longer a chain, the less its turns overlap: twice as long takes more than twice the time, until nothing overlaps", () => {
  const times = (n: number): number =>
    workNs(
      workOf((x) => Array.from({ length: n }).reduce<jl.Value>((y) => np.tanh(y), x), zeros(4096)),
      ORDINARY,
    );
  expect(times(4)).toBeGreaterThan(2.2 * times(2));
  expect(times(32)).toBeLessThan(2.2 * times(16));
});
test("a sum hands its total on from turn to turn, and so many copies of it share the waiting", () => {
  const all = innermost(workOf((x) => x.sum(), zeros(1024)));
  expect(all.waits!.carried).toBe(1);
  expect(all.body.copies).toBe(WASM.unroll);
  expect(innermost(workOf((x) => x.mul(2), zeros(4096))).waits!.carried).toBe(0);
});
test("what lies in lines of its own is strided where the lines are more than a cache holds", () => {
  const transposed = (n: number): ReadonlyMap<string, number> => innermost(workOf((x) => x.T, zeros(n, n))).classes;
  expect(transposed(64).get("strided")).toBeUndefined();
  expect(transposed(64).get("single")).toBeGreaterThan(0);
  expect(transposed(1000).get("strided")).toBeGreaterThan(0);
});
test("lines a power of two apart share few places of the caches: fewer of them are kept", () => {
  const columns = (rows: number, pitch: number): ReadonlyMap<string, number> =>
    innermost(workOf((x) => x.get(":", ":8").T, zeros(rows, pitch))).classes;
  expect(columns(40, 1000).get("single")).toBeGreaterThan(0);
  expect(columns(40, 1024).get("strided")).toBeGreaterThan(0);
  expect(columns(600, 1000).get("crowded")).toBeUndefined();
  expect(columns(600, 1024).get("crowded")).toBeGreaterThan(0);
});
test("a row times a matrix costs more of each multiplication than many rows do", () => {
  const each = (rows: number): number => {
    const [w] = kernels((x, y) => x.matmul(y), zeros(rows, 256), zeros(256, 512)).map(({ schedule }) => kernelWork(schedule));
    return w!.bodies.reduce((s, b) => s + (b.classes.get("tile") ?? 0), 0) / (rows * 256 * 512);
  };
  expect(each(1)).toBeGreaterThan(1.5 * each(64));
  expect(each(64)).toBeCloseTo(1, 5);
});
test("of lines that other turns read the rest of, each is moved once", () => {
  const [only] = kernels((x) => x.T, zeros(64, 96));
  const traffic = trafficOf(only!.k, only!.schedule);
  expect(traffic.arrays.find((a) => a.read > 0)!.lines).toBe(4 * 64 * 96);
  // Not where they are driven out before.
  const [far] = kernels((x) => x.get(":", ":4").T, zeros(1024, 1024));
  const wide = trafficOf(far!.k, far!.schedule).arrays.find((a) => a.read > 0)!;
  expect(wide.lines).toBeGreaterThan(4 * wide.read);
});
test("of a strided read whole lines are moved, up to the array", () => {
  const [only] = kernels((x) => x.get(":", "::4" as never).mul(2), zeros(64, 64));
  const traffic = trafficOf(only!.k, only!.schedule);
  const read = traffic.arrays.find((a) => a.read > 0)!;
  expect(read.read).toBe(64 * 16 * 4);
  expect(read.lines).toBe(64 * 64 * 4);
});
const PROGRAMS: readonly (readonly [(...xs: jl.Value[]) => jl.Value, (n: number) => jl.Value[]])[] = [
  [(x) => np.exp(x).div(x.add(1)), (n) => [zeros(n)]],
  [(x) => x.sum(0), (n) => [zeros(n, 40)]],
  [(x) => np.argmax(x, 1), (n) => [zeros(n, 33)]],
  [(x, i) => x.get(i), (n) => [zeros(n), np.zeros([n], { dtype: "int32" })]],
  [(x) => x.matmul(x.T), (n) => [zeros(n, 64)]],
  [(x) => x.astype("float16").mul(2), (n) => [zeros(n)]],
  [(x) => np.cumsum(x), (n) => [zeros(n)]],
];
test("more elements take more time, and a cost that rises makes no program faster", () => {
  for (const [f, args] of PROGRAMS) {
    const few = kernels(f, ...args(64));
    const small = cost(few, ORDINARY);
    expect(cost(kernels(f, ...args(1024)), ORDINARY)).toBeGreaterThan(4 * small);
    for (const c of CLASSES) expect(cost(few, { ...ORDINARY, ns: { ...ORDINARY.ns, [c]: 3 * ORDINARY.ns[c] } })).toBeGreaterThanOrEqual(small);
    for (const c of ["wait", "carry", "launch"] as const) expect(cost(few, { ...ORDINARY, [c]: 3 * ORDINARY[c] })).toBeGreaterThanOrEqual(small);
  }
});
test("the time of a kernel is that of its operations", () => {
  const [only] = kernels((x) => np.tanh(np.sin(x)).add(x), zeros(4096));
  const { ms, nodes } = kernelCost(only!.schedule, trafficOf(only!.k, only!.schedule), { ...ORDINARY, launch: 0, memory: [] });
  expect([...nodes.values()].reduce((a, b) => a + b, 0) / 1e6).toBeCloseTo(ms, 9);
});
test("what is computed once waits for its own chain: no turn comes after it", () => {
  const scalar = workOf((x) => np.sin(x), np.array(0.5));
  const loop = workOf((x) => np.sin(x), zeros(4096));
  expect(workNs(scalar, ORDINARY)).toBeGreaterThan((2 * workNs(loop, ORDINARY)) / 1024);
});
test("of a part that is read again and again, each element is moved once", () => {
  const [product] = kernels(
    (x) =>
      x
        .get(":8")
        .matmul(np.ones([64, 64]))
        .sum(),
    zeros(1024, 64),
  ).filter(({ k }) => k.group.kind === "matmul");
  const traffic = trafficOf(product!.k, product!.schedule);
  const sliced = traffic.arrays.find((a) => a.bytes === 4 * 1024 * 64)!;
  expect(sliced.read).toBeGreaterThanOrEqual(4 * 8 * 64);
  expect(sliced.read).toBeLessThan(2 * 4 * 8 * 64);
  const [sums] = kernels((x, y) => x.get(":8").reshape([1, 512]).mul(y).sum(1), zeros(1024, 64), zeros(100, 512));
  expect(trafficOf(sums!.k, sums!.schedule).arrays.find((a) => a.bytes === 4 * 1024 * 64)!.read).toBe(4 * 512);
});
test("what adds up is the operation's own time: of sums, extrema and running ones", () => {
  const adding: readonly (readonly [string, (x: jl.Value) => jl.Value])[] = [
    ["cumulative", (x) => np.cumsum(x.mul(2), { axis: 1 })],
    ["reduce", (x) => x.mul(2).max({ axis: 1 })],
    ["arg_reduce", (x) => np.argmax(x.mul(2), 1)],
    ["reduce_window", (x) => jl.lax.reduceWindow(x.mul(2), -Infinity, jl.lax.max, [1, 9], [1, 1], "VALID") as jl.Value],
    ["dot", (x) => x.mul(2).matmul(x)],
  ];
  for (const [op, f] of adding) {
    const all = kernels(f, zeros(64, 64)).flatMap(({ k, schedule }) => [...kernelCost(schedule, trafficOf(k, schedule), ORDINARY).nodes]);
    const own = all.filter(([n]) => n.op === op).reduce((t, [, ns]) => t + ns, 0);
    expect(own / all.reduce((t, [, ns]) => t + ns, 0), op).toBeGreaterThan(0.25);
  }
});
