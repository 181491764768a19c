// Programs on the GPU give what they give on the CPU; arrays go to it and come back; what it cannot do is done beside it, or refused with the reason.
import { afterEach, describe, expect, test } from "vitest";
import * as jl from "../../index.ts";
import type { NDArray, Value } from "../../core/value.ts";
import { compile } from "../programs.ts";
import { gpu, missing } from "../../../../test/unit/onGpu.ts";

const np = jl.numpy;
const put = <T>(x: T): T => jl.devicePut(x, gpu);
afterEach(() => jl.config.update("defaultDevice", null));

/** Elements that differ by more than a part of their size; NaN, infinities and zeros of both signs are told apart. */
/** @param least what a number counts as where it is smaller: sums that cancel have the error of their terms */
function differences(got: Value, want: Value, part = 3e-6, least = 0): string[] {
  const [a, b] = [got, want].map((v) => (v.flatten().tolist() as unknown[]).map(Number)) as [number[], number[]];
  return b.flatMap((w, i) => {
    const g = a[i]!;
    const same = Object.is(g, w) || (w !== 0 && Math.abs(g - w) <= part * Math.max(least, Math.abs(w)));
    return same ? [] : [`${i}: ${Object.is(g, -0) ? "-0" : g}, on the CPU ${Object.is(w, -0) ? "-0" : w}`];
  });
}
const random = (seed: number, shape: number[]): Value => jl.random.normal(jl.random.key(seed), shape);

describe.skipIf(missing !== null)(`WebGPU${missing === null ? "" : ` (${missing})`}`, () => {
  test("it is listed, and says what it is", () => {
    expect(jl.devices().map(String)).toContain("WebgpuDevice(id=0)");
    expect(jl.devices("webgpu")).toEqual([gpu]);
    expect(gpu.description).toMatch(/through WebGPU/);
    expect(() => gpu.allocate(2 ** 40)).toThrow(/out of memory.*an array takes 1048576\.0 MiB; a buffer of .* has at most/);
  });
  const edges = [0, -0, 1, -1, 0.5, 2.5, -2.5, 1e-5, -1e-5, 1e20, -1e20, 3e38, 88, -87, 7.9, 9000, -12345, 1e6, Infinity, -Infinity, NaN];
  const wide = np.concatenate([np.array(edges), np.linspace(-6, 6, 200)]);
  const FUNCTIONS: Readonly<Record<string, (x: Value) => Value>> = {
    exp: np.exp,
    expm1: np.expm1,
    log: np.log,
    log1p: np.log1p,
    tanh: np.tanh,
    sin: np.sin,
    cos: np.cos,
    tan: np.tan,
    arctan: np.arctan,
    sinh: np.sinh,
    arcsinh: np.arcsinh,
    erf: jl.lax.erf,
    erfInv: (x) => jl.lax.erfInv(x.div(8)),
    cbrt: np.cbrt,
    logistic: jl.nn.sigmoid,
    "powers of both signs": (x) => np.power(x, 3),
    "powers of fractions": (x) => np.power(np.abs(x), 1.7),
    arctan2: (x) => np.arctan2(x, np.flip(x)),
    remainder: (x) => np.fmod(x, 0.7),
    modulo: (x) => np.mod(x, -1.3),
    "maximum with NaN": (x) => np.maximum(x, np.flip(x)),
    minimum: (x) => np.minimum(x, 0),
    rounding: (x) => np.round(x).add(np.floor(x)).add(np.ceil(x)).add(np.trunc(x)),
    comparisons: (x) => x.lt(0.5).astype("int32").add(x.ne(x)).add(np.isfinite(x)).add(np.isposinf(x)),
    "to integers": (x) => x.astype("int32"),
    "to unsigned integers": (x) => x.astype("uint32"),
    "to narrow integers": (x) => x.astype("int8").astype("int32").add(x.astype("uint16")),
    "to half types": (x) => x.astype("bfloat16").astype("float32").add(x.astype("float16")),
    nextafter: (x) => np.nextafter(x, 1),
    copysign: (x) => np.copysign(x, np.flip(x)),
  };
  test.each(Object.keys(FUNCTIONS))("%s", (name) => {
    const f = jl.jit(FUNCTIONS[name]!);
    expect(differences(f(put(wide)), f(wide))).toEqual([]);
  });
  const i = np.array([0, 1, -1, 7, -7, 2 ** 31 - 1, -(2 ** 31), 12, 33, -40], "int32");
  const INTEGERS: Readonly<Record<string, (x: Value) => Value>> = {
    "division rounds to zero, by zero gives −1": (x) => jl.lax.div(x, np.flip(x)),
    remainder: (x) => jl.lax.rem(x, np.flip(x)),
    "floor division": (x) => np.floorDivide(x, np.where(x.eq(0), 3, np.flip(x))),
    "shifts by the width and more": (x) => np.leftShift(x, np.abs(np.flip(x)).mod(40)).add(np.rightShift(x, np.abs(x).mod(40))),
    "logical shifts": (x) => jl.lax.shiftRightLogical(x, np.array(3, "int32")),
    bits: (x) => jl.lax.populationCount(x).add(jl.lax.clz(x)).add(np.bitwiseXor(x, 0x55)),
    "products wrap": (x) => x.mul(x).mul(123457),
    "unsigned comparisons": (x) => x.astype("uint32").gt(np.array(5, "uint32")),
  };
  test.each(Object.keys(INTEGERS))("integers: %s", (name) => {
    const f = jl.jit(INTEGERS[name]!);
    expect(f(put(i)).tolist()).toEqual(f(i).tolist());
  });
  const x = random(0, [6, 40]);
  const PROGRAMS: Readonly<Record<string, (x: Value) => Value | Value[]>> = {
    "sums along both axes": (x) => [x.sum(), x.sum({ axis: 0 }), x.sum({ axis: 1 }), np.mean(x), np.std(x, { axis: 1 })],
    "largest and where": (x) => [x.max({ axis: 1 }), x.min(), x.argmax({ axis: 1 }), np.argmin(x), np.any(x.gt(2)), np.all(x.lt(9), { axis: 0 })],
    softmax: (x) => jl.nn.softmax(x),
    "normalization of rows": (x) => x.sub(x.mean({ axis: 1, keepdims: true })).div(np.sqrt(np.var(x, { axis: 1, keepdims: true }).add(1e-5))),
    "products of matrices": (x) => [np.matmul(x, x.T), np.tanh(np.matmul(x.T, x)).sum({ axis: 0 })],
    "half types": (x) => [np.matmul(x.astype("bfloat16"), x.T.astype("bfloat16")), x.astype("float16").mul(2).sum({ axis: 0 })],
    "booleans and bytes": (x) => [x.gt(0), np.logicalNot(x.gt(0.5)).astype("uint8").add(3), np.concatenate([x.gt(1), x.lt(-1)], { axis: 1 })],
    movement: (x) => [np.flip(x, 1).T.reshape([30, 8]), np.roll(x, 3, { axis: 1 }), np.pad(x, 1), np.tile(x, [2, 1]), x.get("1:4", "::3")],
    "gather and scatter": (x) => [np.take(x, np.array([3, 0, 5], "int32"), { axis: 0 }), x.at(2).set(7), x.at(np.array([1, 1, 4], "int32")).add(1)],
    cumulative: (x) => [np.cumsum(x, { axis: 1 }), np.cumprod(x.get(0)), jl.lax.cummax(x, { axis: 0 })],
    "convolutions and windows": (x) => [jl.lax.convGeneralDilated(x.reshape([1, 1, 6, 40]), np.ones([2, 1, 3, 3]), [1, 1], "SAME")],
    "complex numbers": (x) => [np.real(x.astype("complex64").mul(np.array([1]).astype("complex64").add(jl.lax.complex(0, 1))))],
    "a loop on the host": (x) => jl.lax.foriLoop(0, 5, (_i: Value, c: Value) => np.sin(c.mul(1.5)), x),
    "a scan": (x) => jl.lax.scan((c: Value, r: Value) => [c.mul(0.5).add(r), c.sum()] as [Value, Value], np.zeros([40]), x) as Value[],
    "a branch": (x) =>
      jl.lax.cond(
        x.sum().gt(1e6),
        (y: Value) => y.mul(2),
        (y: Value) => y.sub(1),
        x,
      ),
    "a sort": (x) => np.sort(x.mul(2), { axis: 1 }).add(1),
    "random numbers": (x) => [
      jl.random.bits(jl.random.key(3), [7]),
      jl.random.randint(jl.random.key(4), [9], 0, 100),
      x.add(jl.random.uniform(jl.random.key(5), [40])),
    ],
    "four neighbours at a time": (x) => [
      x.get(0).mul(2),
      x.get(":", ":37").gt(0),
      x.get("1:3", "4:11").astype("float16").add(1),
      np.expandDims(x.get(":", 0), 1).add(x).lt(0.3),
      np.flip(x, 1).sub(x).astype("int8"),
      x.reshape([240]).get(":239").astype("bfloat16"),
      np.where(x.get(0).gt(0), x.get(1), np.arange(40)).astype("uint8"),
    ],
    "a gradient": (x) => jl.grad((y: Value) => np.log(np.exp(y).sum({ axis: 1 })).sum())(x),
  };
  test.each(Object.keys(PROGRAMS))("%s", (name) => {
    const f = jl.jit((y: Value) => [PROGRAMS[name]!(y)].flat());
    const want = f(x);
    const got = f(put(x));
    got.forEach((g, k) => {
      expect([g.dtype, g.shape, (g as NDArray).device.platform]).toEqual([want[k]!.dtype, want[k]!.shape, "webgpu"]);
      const a = (g.astype("float32") as NDArray).dataSync();
      const b = want[k]!.astype("float32").dataSync();
      const digits = g.dtype === "bfloat16" ? 1 : 4;
      a.forEach((v, at) => expect(Number(v), `${k}: ${at}`).toBeCloseTo(Number(b[at]), digits));
    });
  });
  const PRODUCTS: Readonly<Record<string, readonly [f: (a: Value, b: Value) => Value, a: number[], b: number[]]>> = {
    "edges that no block fills": [(a, b) => np.matmul(a, b), [40, 50], [50, 37]],
    "transposed factors": [(a, b) => np.matmul(a.T, b.T), [50, 40], [37, 50]],
    batches: [(a, b) => np.matmul(a, b), [3, 33, 20], [3, 20, 65]],
    "what is computed before and after": [(a, b) => np.tanh(np.matmul(np.sin(a), b.add(1))).gt(0), [64, 64], [64, 64]],
    "sums over two axes": [(a, b) => np.einsum("ijk,jkl->il", a, b), [20, 5, 7], [5, 7, 40]],
    "half types": [(a, b) => np.matmul(a.astype("bfloat16"), b.astype("bfloat16")), [32, 48], [48, 32]],
    integers: [(a, b) => np.matmul(a.mul(9).astype("int32"), b.mul(9).astype("int32")), [32, 48], [48, 32]],
    convolutions: [(a, b) => jl.lax.convGeneralDilated(a, b, [1, 1], "SAME"), [2, 3, 20, 24], [17, 3, 3, 3]],
  };
  test.each(Object.keys(PRODUCTS))("products in blocks: %s", (name) => {
    const [f, a, b] = PRODUCTS[name]!;
    const g = jl.jit(f);
    const [x, y] = [random(0, a), random(1, b)];
    const got = g(put(x), put(y)).astype("float32");
    expect(differences(got, g(x, y).astype("float32"), 1e-4, 0.05)).toEqual([]);
    const { code } = compile(g.trace(put(x), put(y)).jaxpr, undefined, gpu).loaded;
    expect([...code.values()].some((c) => c.text.includes("var<workgroup> left"))).toBe(true);
  });
  const LONG: Readonly<Record<string, (x: Value) => Value>> = {
    sum: (y) => y.sum(),
    "sums of few rows": (y) => y.sum({ axis: 1 }),
    "two results": (y) => y.max().sub(y.min()),
    "what is made of it": (y) => np.sqrt(y.mul(y).sum({ axis: 1 })).add(1),
    any: (y) => np.any(y.gt(4)),
    count: (y) => np.countNonzero(y.gt(0)),
  };
  const long = random(7, [3, 70_000]);
  test.each(Object.keys(LONG))("reductions that many work groups share: %s", (name) => {
    const f = jl.jit(LONG[name]!);
    const y = put(long);
    const [got, want] = [f(y), f(long)].map((v) => v.flatten().tolist() as (number | boolean)[]);
    // Sums of numbers of both signs: to rounding of their sizes.
    got!.forEach((v, k) => expect(Number(v)).toBeCloseTo(Number(want![k]), 2));
    expect([...compile(f.trace(y).jaxpr, undefined, gpu).loaded.code.values()].some((c) => c.text.includes("partials"))).toBe(true);
  });
  const LONGEST: Readonly<Record<string, (x: Value) => Value>> = {
    "running sums": (y) => np.cumsum(y, { axis: 1 }),
    "running sums from the end, and what is made of them": (y) =>
      np
        .flip(np.cumsum(np.flip(y, 1), { axis: 1 }), 1)
        .mul(2)
        .add(y),
    "running extremes": (y) => jl.lax.cummax(y, { axis: 1, reverse: true }).add(jl.lax.cummin(y, { axis: 1 })),
    "running products": (y) => np.cumprod(y.mul(1e-4).add(1), { axis: 1 }),
    "running sums of exponentials": (y) => jl.lax.cumlogsumexp(y, { axis: 1 }),
    "of integers": (y) => np.cumsum(y.mul(100).astype("int32"), { axis: 1 }),
    "of bytes": (y) => np.cumsum(y.mul(9).astype("int8"), { axis: 1, dtype: "int8" }),
    "of half types": (y) => np.cumsum(y.astype("bfloat16"), { axis: 1 }).astype("float32").div(50),
    "of complex numbers": (y) => np.imag(np.cumsum(jl.lax.complex(y, y.mul(2)), { axis: 1 })),
    "where the largest is": (y) => y.argmax({ axis: 1 }),
    "the first of equal ones": (y) => np.round(y).argmin({ axis: 1 }),
    "where the first NaN is": (y) => np.where(y.gt(3.2), NaN, y).argmax({ axis: 1 }),
    "of bytes, where": (y) => y.mul(20).astype("int8").argmax({ axis: 1 }),
    "complex sums": (y) => np.abs(jl.lax.complex(y, y.mul(2)).sum({ axis: 1 })).div(100),
    "reductions by other computations": (y) =>
      jl.lax.reduce(
        [y, y.mul(3)],
        [np.array(-Infinity), np.array(0)],
        ([a, b]: Value[], [c, d]: Value[]) => [np.maximum(a!, c!), b!.add(d!.mul(1))] as never,
        [1],
      )[0] as Value,
  };
  const SIZES = Object.keys(LONGEST).map((name, i) => [name, [1300, 100, 70_001, 2000][i % 4]!] as const);
  test.each([...SIZES, ["running sums", 70_001], ["where the largest is", 70_001]] as const)("%s, of %i elements", (name, n) => {
    const f = jl.jit(LONGEST[name]!);
    const y = random(7, [3, n]);
    const [got, want] = [f(put(y)), f(y)].map((v) => v.flatten().astype("float32").tolist() as number[]);
    const size = want!.reduce((most, v) => (Number.isFinite(v) ? Math.max(most, Math.abs(v)) : most), 1);
    const wrong = got!.flatMap((g, k) =>
      Math.abs(g - want![k]!) <= (name.includes("half") ? 2e-2 : 2e-5) * size ? [] : [`${k}: ${g}, on the CPU ${want![k]}`],
    );
    expect(wrong.slice(0, 5)).toEqual([]);
  });
  const rows = jl.random.randint(jl.random.key(1), [500], -3, 25);
  const updates = random(2, [500, 4]);
  const SCATTERS: Readonly<Record<string, (y: Value, at: Value, u: Value) => Value>> = {
    "sums, of floats": (y, at, u) => y.at(at).add(u),
    products: (y, at, u) => y.add(1).at(at).multiply(u.mul(0.01).add(1)),
    extremes: (y, at, u) => y.at(at).max(u).at(at).min(u.mul(0.5)),
    integers: (y, at, u) => y.astype("int32").at(at).add(u.mul(10).astype("int32")),
    bytes: (y, at, u) => y.astype("int8").at(at).add(u.mul(10).astype("int8")).astype("float32"),
    booleans: (y, at, u) => y.gt(1).at(at).max(u.gt(1.8)).astype("float32"),
    "half types": (y, at, u) => y.astype("bfloat16").at(at).max(u.astype("bfloat16")).astype("float32"),
    "bytes that are set": (y, at) =>
      y
        .astype("uint8")
        .at(at)
        .set(np.expandDims(at.mod(22).astype("uint8"), 1))
        .astype("float32"),
    "segments, through a gradient": (y, at, u) =>
      jl.grad((z: Value) =>
        np
          .take(z, np.clip(at, 0, 21), { axis: 0 })
          .mul(u)
          .sum(),
      )(y),
  };
  test.each(Object.keys(SCATTERS))("threads that meet at one element: %s", (name) => {
    const f = jl.jit(SCATTERS[name]!);
    const args = [np.zeros([22, 4]), rows, updates] as const;
    const [y, at, u] = args.map((a) => put(a)) as [Value, Value, Value];
    const want = f(...args)
      .flatten()
      .tolist() as number[];
    (f(y, at, u).flatten().tolist() as number[]).forEach((v, k) => expect(v).toBeCloseTo(want[k]!, 3));
    expect([...compile(f.trace(y, at, u).jaxpr, undefined, gpu).loaded.code.values()].some((c) => c.text.includes("atomicCompareExchange"))).toBe(
      true,
    );
  });
  test("arrays go there and come back, and two devices in one call are refused", async () => {
    const a = put(np.arange(5)) as NDArray;
    expect([a.device, a.committed, a.tolist(), await a.data()]).toEqual([gpu, true, [0, 1, 2, 3, 4], new Int32Array([0, 1, 2, 3, 4])]);
    expect((await a.mul(2).blockUntilReady()).tolist()).toEqual([0, 2, 4, 6, 8]);
    const back = jl.devicePut(a.gt(2), "cpu");
    expect(back.tolist()).toEqual([false, false, false, true, true]);
    expect(() => a.add(jl.devicePut(np.ones([5]), "cpu"))).toThrow(/WebgpuDevice\(id=0\).*CpuDevice\(id=0\).*devicePut/);
    a.delete();
    expect(() => a.add(1)).toThrow(/was deleted/);
  });
  test("donated arrays are freed after the call; their memory is no result's", () => {
    const f = jl.jit((x: Value, y: Value) => [x.mul(2).add(y), x.at(1).set(y.get(0))] as const, { donateArgnums: [0, 1] });
    for (let call = 0; call < 2; call++) {
      const [x, y] = [put(np.arange(12).reshape([3, 4]).astype("float32")), put(np.ones([3, 4]))] as [NDArray, NDArray];
      const [a, b] = f(x, y) as [Value, Value];
      expect([x.isDeleted, y.isDeleted]).toEqual([true, true]);
      expect([a.get(0).tolist(), b.get(1).tolist()]).toEqual([
        [1, 3, 5, 7],
        [1, 1, 1, 1],
      ]);
    }
  });
  test("what has no kernel is computed on the CPU, and the program says why", () => {
    const f = jl.jit((y: Value) => jl.scipy.special.gammaln(np.linalg.eigvalsh(np.diag(y))));
    const y = put(np.array([3, 0.5, 7]));
    expect(differences(f(y), f(np.array([3, 0.5, 7])))).toEqual([]);
    const { onHost } = compile(f.trace(y).jaxpr, undefined, gpu).loaded;
    expect([...(onHost ?? new Map()).values()]).toEqual(["eigh is a routine of the library", "it calls lgamma"]);
  });
  test("eager operations run there by default when it is the default", () => {
    jl.config.update("defaultDevice", "webgpu");
    const y = np.linspace(0, 1, 5).mul(2);
    expect([(y as NDArray).device.platform, y.tolist()]).toEqual(["webgpu", [0, 0.5, 1, 1.5, 2]]);
    expect(np.sin(y).sum().item()).toBeCloseTo(0.4794255 + 0.841471 + 0.997495 + 0.9092974, 5);
  });
  test("memory is counted, and buffers are used again", () => {
    const before = gpu.memoryStats();
    const y = put(np.ones([1000])) as NDArray;
    expect(gpu.memoryStats().bytesInUse - before.bytesInUse).toBeGreaterThanOrEqual(4000);
    y.delete();
    expect(gpu.memoryStats()).toMatchObject({ bytesInUse: before.bytesInUse, liveBuffers: before.liveBuffers });
  });
});
