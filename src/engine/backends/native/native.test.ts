// Kernels as C, compiled by this machine's compiler: the same bits as WebAssembly's, products apart, and WebAssembly wherever C is not to be had. Without a compiler
// (or koffi) the tests that need one are skipped, with the reason in their name.
import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as jl from "../../index.ts";
import type { Value } from "../../core/value.ts";
import { withConfig } from "../../core/config.ts";
import { NDArray } from "../../core/value.ts";
import { compileJaxpr } from "../../compiler/compile.ts";
import { Executable } from "../wasm/runtime.ts";
import { wasmDevice } from "../wasm/device.ts";
import { findKoffi } from "./koffi.ts";
import { findCompilers } from "./toolchain.ts";

const np = jl.numpy;
const folder = mkdtempSync(join(tmpdir(), "jitlens-native-"));
process.env.JITLENS_CACHE = folder;
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const koffi = findKoffi();
const missing = "failed" in koffi ? koffi.failed : findCompilers().length === 0 ? "there is no C compiler" : null;
const native = missing === null ? describe : describe.skip;
const because = missing === null ? "" : ` (${missing})`;

const noise = (...shape: number[]): Value => jl.random.normal(jl.random.key(7), shape).mul(3);
/** All kinds of bits: subnormals, infinities, zeros of both signs, NaN among them. */
function anyBits(n: number): Value {
  const bits = new Uint32Array(n);
  for (let i = 0, s = 1; i < n; i++) {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    bits[i] = (s ^ (s >>> 15)) >>> 0;
  }
  bits.set([0, 0x80000000, 0x7f800000, 0xff800000, 0x7fc00000, 1, 0x80000001, 0x7f7fffff, 0x3f800000]);
  return np.array(new Float32Array(bits.buffer));
}
interface Ran {
  readonly bytes: readonly Uint8Array[];
  readonly types: readonly string[];
  readonly languages: readonly (string | undefined)[];
  readonly reasons: readonly (string | null)[];
  /** How many loops of its kernels threads share. */
  readonly shared: number;
}
function run(f: (...xs: Value[]) => Value | Value[], args: readonly Value[], mode: "off" | "all" | "background", times = 1): Ran {
  jl.config.update("native", mode);
  try {
    const jaxpr = jl.makeJaxpr(f)(...args);
    const { plan } = compileJaxpr(jaxpr);
    const program = new Executable(wasmDevice, plan);
    const arrays = args.map((v) => v as NDArray);
    let outs = program.run(arrays);
    for (let i = 1; i < times; i++) outs = program.run(arrays);
    return {
      bytes: outs.map((s) => s.bytes().slice()),
      types: plan.outs.map((t) => t.dtype),
      languages: plan.kernels.map((k) => program.code.get(k.id)?.language),
      shared: plan.kernels.reduce((n, k) => n + (program.code.get(k.id)?.text.match(/run\(part/g)?.length ?? 0), 0),
      reasons: plan.kernels.map((k) => program.routes()?.get(k.id)?.because ?? null),
    };
  } finally {
    jl.config.update("native", null);
  }
}
/** Which NaN it is may differ. */
function sameBits(a: Uint8Array, b: Uint8Array, dtype: string): void {
  if (dtype !== "float32") return expect(Buffer.compare(a, b), dtype).toBe(0);
  const [x, y] = [a, b].map((v) => new Uint32Array(v.slice().buffer));
  const isNaN = (v: number): boolean => (v & 0x7fffffff) > 0x7f800000;
  const apart = [...x!].findIndex((v, i) => v !== y![i] && !(isNaN(v) && isNaN(y![i]!)));
  expect(apart < 0 ? "" : `element ${apart}: ${x![apart]!.toString(16)} and ${y![apart]!.toString(16)}`).toBe("");
}
/** What has ended and was not asked for its exit code does not run. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync(`/proc/${pid}/stat`) || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
const PROGRAMS: Readonly<Record<string, { readonly f: (...xs: Value[]) => Value | Value[]; readonly args: () => Value[] }>> = {
  "rows: softmax of 1003": { f: (x) => jl.nn.softmax(x), args: () => [noise(37, 1003)] },
  "rows of 13, which fill no vector of 16": { f: (x) => [jl.nn.softmax(x), x.var({ axis: 1 })], args: () => [noise(37, 13)] },
  "sums over everything, in blocks": { f: (x) => np.tanh(x).mul(np.exp(x.neg())).sum(), args: () => [noise(501, 103)] },
  "sums of columns and products of rows": { f: (x) => [x.sum({ axis: 0 }), x.prod({ axis: 1 })], args: () => [noise(29, 101)] },
  "largest and least, with NaN and zeros of both signs": {
    f: (x) => [x.max({ axis: 0 }), x.min({ axis: 1 }), np.maximum(x, np.flip(x, 0)), np.clip(x, 0, 2)],
    args: () => [anyBits(64 * 61).reshape([64, 61])],
  },
  "functions of any bits": {
    f: (x) => [
      np.exp(x),
      np.log(x),
      np.tanh(x),
      np.arctan(x),
      np.sqrt(x),
      np.floor(x),
      np.rint(x),
      np.ceil(x),
      np.trunc(x),
      np.expm1(x),
      jl.scipy.special.erf(x),
    ],
    args: () => [anyBits(4099)],
  },
  "casts of any bits": {
    f: (x) => [
      x.astype("int32"),
      x.astype("uint32"),
      x.astype("int32").astype("uint32").mul(3),
      x.astype("int8"),
      x.astype("uint8"),
      x.astype("bool"),
      x.astype("float16"),
      x.astype("bfloat16"),
    ],
    args: () => [anyBits(4099)],
  },
  "half types": { f: (x) => [np.tanh(x.astype("float16")).add(1), x.astype("bfloat16").mul(3).sum({ axis: 0 })], args: () => [noise(31, 67)] },
  "float16 of any bits, and what is computed with it": {
    f: (x) => {
      const h = x.astype("float16");
      return [h, np.negative(h), h.add(h).mul(3), h.reshape([-1]).astype("float32"), h.mul(2 ** -8)];
    },
    args: () => [np.concatenate([anyBits(4099), noise(4099).mul(1e-5), noise(4099).mul(3e4)])],
  },
  "float16 from its bits": {
    f: (x) => [jl.lax.bitcastConvertType(x, "float16"), np.abs(jl.lax.bitcastConvertType(x, "float16"))],
    args: () => [np.arange(65536).astype("uint16")],
  },
  "integers of 8 and 16 bits": {
    f: (x) =>
      (["int8", "uint8", "int16", "uint16"] as const).flatMap((d) => {
        const y = x.astype(d);
        const z = np.flip(y);
        return [
          y.mul(z).sub(y),
          np.abs(np.negative(y)),
          np.maximum(y, np.bitwiseNot(z)),
          np.leftShift(y, 3),
          np.rightShift(y, 2),
          np.where(y.lt(z), y.astype("float32"), z.astype("float32")),
          y.astype("int16").add(z.astype("uint8")),
          y.reshape([-1, 16]).sum({ axis: 1, dtype: d }),
          y.max(),
          x.mul(1e-3).astype("float32").astype(d),
        ];
      }),
    args: () => [np.arange(4112).mul(2654435).astype("int32")],
  },
  "a result that no cache holds": { f: (x) => x.mul(x).add(1), args: () => [np.linspace(-1, 1, 2 ** 23 + 5)] },
  integers: {
    f: (x, y) => [
      x.mul(y),
      np.floorDivide(x, y),
      x.mod(y),
      np.bitwiseXor(x, y),
      np.leftShift(x, 3),
      np.rightShift(x, 2),
      np.absolute(x),
      x.sum(),
      np.minimum(x, y),
    ],
    args: () => [noise(1009).mul(1e4).astype("int32"), noise(1009).mul(5).astype("int32")],
  },
  "narrow and unsigned integers": {
    f: (x, y) => [x.add(x).mul(3), y.mul(y), y.max(), np.rightShift(y, 3), jl.lax.populationCount(x), jl.lax.clz(y)],
    args: () => [noise(517).mul(50).astype("int8"), noise(517).mul(1e6).astype("int32").astype("uint32")],
  },
  "booleans and choices": {
    f: (x, y) => [np.logicalAnd(x.gt(y), x.lt(2)), np.where(x.gt(0), x, y), x.gt(y).any({ axis: 0 })],
    args: () => [noise(33, 71), noise(71)],
  },
  "turned round, rolled, padded, gathered": {
    f: (x) => [
      np.flip(x.T, 1).reshape([-1]).add(1),
      np.roll(x, 5, { axis: 1 }),
      np.pad(x, 3).mul(2),
      x.at([np.array([3, 1, 1, 7], { dtype: "int32" })]).add(1),
    ],
    args: () => [noise(19, 45)],
  },
  "running sums and sorts of places": { f: (x) => [np.cumsum(x, { axis: 1 }), x.argmax({ axis: 1 })], args: () => [noise(9, 77)] },
  "complex numbers": { f: (x) => np.real(jl.lax.complex(x, x.mul(2)).mul(jl.lax.complex(x, x))), args: () => [noise(203)] },
  "a loop that updates in place": {
    f: (x) => jl.lax.foriLoop(0, 5, (i: Value, v: Value) => v.at([i]).set(np.tanh(v.sum())).mul(1.01), x),
    args: () => [noise(40)],
  },
};
native(`the same bits as WebAssembly${because}`, () => {
  test.each(Object.entries(PROGRAMS))("%s", (_name, { f, args }) => {
    const xs = args();
    const [want, got] = [run(f, xs, "off"), run(f, xs, "all")];
    expect(got.languages).toContain("c");
    expect(got.reasons.filter((r) => r?.includes("failed"))).toEqual([]);
    got.bytes.forEach((b, i) => sameBits(want.bytes[i]!, b, got.types[i]!));
  });
  test.each([1, 7, 1003])("types of 64 bits, %i elements: sums fall into the same parts", (n) => {
    jl.enableX64(() => {
      const x = jl.random.normal(jl.random.key(3), [5, n], { dtype: "float64" });
      const k = np.arange(5 * n).mul(0x1234567).reshape([5, n]).astype("int64");
      const f = (v: Value, i: Value): Value[] => [
        np.where(v.gt(0.5), v.mul(3).sub(1), np.floor(v)).div(np.abs(v).add(1)),
        v.sum(),
        v.sum({ axis: 1 }),
        v.sum({ axis: 0 }),
        np.square(v).mean({ axis: 1 }),
        v.max({ axis: 1 }),
        v.min(),
        v.prod({ axis: 0 }),
        v.sub(v.mean({ axis: 1, keepdims: true })).var({ axis: 1 }),
        v.astype("float32").astype("float64").sum({ axis: 1 }),
        i.mul(i).sub(np.rightShift(i, 3)),
        i.sum({ axis: 1 }),
        np.bitwiseXor(i, 77).sum(),
      ];
      const [want, got] = [run(f as never, [x, k], "off"), run(f as never, [x, k], "all")];
      expect(got.languages).toContain("c");
      got.bytes.forEach((b, j) => expect(Buffer.compare(want.bytes[j]!, b), `result ${j}`).toBe(0));
    });
  });
  test("donated arguments are written over", () => {
    const results = (["off", "all"] as const).map((mode) => {
      jl.config.update("native", mode);
      try {
        const f = jl.jit((x: Value, r: Value) => [np.tanh(x).mul(2), jl.lax.foriLoop(0, 3, (_i: Value, c: Value) => c.add(r), r) as Value] as const, {
          donateArgnums: [0, 1],
        });
        const args = (): Value[] => [noise(40, 300).add(0), noise(300).add(0)];
        f(...(args() as [Value, Value]));
        const [x, r] = args() as [NDArray, NDArray];
        const storages = [x.storage, r.storage];
        const outs = f(x, r) as unknown as NDArray[];
        expect(outs.map((o) => o.storage)).toEqual(storages);
        expect([x.isDeleted, r.isDeleted]).toEqual([true, true]);
        return outs.map((o) => o.storage.bytes().slice());
      } finally {
        jl.config.update("native", null);
      }
    });
    results[0]!.forEach((b, i) => sameBits(b, results[1]![i]!, "float32"));
  });
  test("where a value needs the library, WebAssembly computes the kernel", () => {
    const x = np.linspace(-3, 3, 1001);
    const far = x.mul(1e5);
    expect(run((v) => np.sin(v), [x], "all").languages).toEqual(["c"]);
    const got = run((v) => np.sin(v), [far], "all");
    expect(got.languages).toEqual(["wat"]);
    expect(got.reasons[0]).toContain("JavaScript");
    sameBits(run((v) => np.sin(v), [far], "off").bytes[0]!, got.bytes[0]!, "float32");
  });
  test("a function of the library alone stays in WebAssembly, and says so", () => {
    const got = run((x) => np.cbrt(x), [noise(100)], "all");
    expect(got.languages).toEqual(["wat"]);
    expect(got.reasons).toEqual(["it calls cbrt, which is there in JavaScript alone"]);
  });
  test("in the background nothing waits; what is measured does not change over, and switching off is at once", () => {
    jl.config.update("native", "background");
    try {
      const x = noise(64, 300) as NDArray;
      const program = new Executable(wasmDevice, compileJaxpr(jl.makeJaxpr((v: Value) => np.tanh(v).mul(v))(x)).plan);
      program.run([x]);
      expect(program.routes()?.get(0)).toEqual({ code: "wasm" });
      const go = program.settle(20_000);
      expect(program.routes()?.get(0)).toEqual({ code: "native" });
      const native = program.run([x])[0]!.bytes().slice();
      jl.config.update("native", "off");
      sameBits(program.run([x])[0]!.bytes().slice(), native, "float32");
      go();
    } finally {
      jl.config.update("native", null);
    }
  });
});
const SHARED: Readonly<Record<string, { readonly f: (...xs: Value[]) => Value | Value[]; readonly shapes: readonly (readonly number[])[] }>> = {
  elementwise: { f: (x) => np.tanh(x).mul(x), shapes: [[301, 307]] },
  "rows, and what is left of them": { f: (x) => jl.nn.softmax(x), shapes: [[203, 307]] },
  "a sum of blocks": { f: (x) => np.tanh(x).sum(), shapes: [[96, 1024]] },
  "what reads a number that was computed before": { f: (x) => jl.nn.softmax(x.reshape([-1])), shapes: [[64, 1024]] },
  "sums of columns": { f: (x) => [x.sum({ axis: 0 }), x.max({ axis: 0 })], shapes: [[1500, 331]] },
  transposed: { f: (x) => np.exp(x.T), shapes: [[501, 507]] },
  "running sums": { f: (x) => np.cumsum(x, { axis: 1 }), shapes: [[400, 307]] },
  "narrow types": { f: (x) => x.mul(40).astype("int8").sum({ axis: 1 }), shapes: [[601, 407]] },
  "a product in tiles, and what comes after it": { f: (x, y) => np.tanh(x.matmul(y)), shapes: [[131, 157], [157, 203]] }, // prettier-ignore
  "a product in blocks of depth": { f: (x, y) => x.matmul(y), shapes: [[70, 1100], [1100, 170]] }, // prettier-ignore
  "products side by side": { f: (x, y) => x.matmul(y), shapes: [[19, 64, 64], [19, 64, 64]] }, // prettier-ignore
  "a convolution": { f: (x, w) => conv(x, w), shapes: [[2, 64, 64, 8], [3, 3, 8, 16]] }, // prettier-ignore
  "a convolution of few features": { f: (x, w) => conv(x, w), shapes: [[1, 128, 128, 8], [3, 3, 8, 3]] }, // prettier-ignore
};
const conv = (x: Value, w: Value): Value => jl.lax.convGeneralDilated(x, w, [1, 1], "SAME", { dimensionNumbers: ["NHWC", "HWIO", "NHWC"] });
native(`the same bits for any number of threads${because}`, () => {
  test.each(Object.entries(SHARED))("%s", (_name, { f, shapes }) => {
    const xs = shapes.map((s) => noise(...s));
    const [one, ...more] = [1, 2, 3, 7].map((threads) => withConfig({ nativeThreads: threads }, () => run(f, xs, "all", 3)));
    expect(one!.shared).toBeGreaterThan(0);
    for (const r of more) r.bytes.forEach((b, i) => expect(Buffer.compare(one!.bytes[i]!, b)).toBe(0));
  });
  test("a value that needs the library, whichever thread meets it", () => {
    const x = np.linspace(-3, 3, 100_000).at([77_777]).set(1e7);
    const got = withConfig({ nativeThreads: 3 }, () => run((v) => np.sin(v), [x], "all"));
    expect(got.languages).toEqual(["wat"]);
    sameBits(run((v) => np.sin(v), [x], "off").bytes[0]!, got.bytes[0]!, "float32");
  });
  test("more than thirty-two loops: no counter has the name of a type", () => {
    expect(run((x, y) => np.tanh(x.matmul(y)), [noise(1023, 700), noise(700, 517)], "all").reasons.filter((r) => r?.includes("failed"))).toEqual([]);
  });
});
native(`products, which are fused with their sums${because}`, () => {
  test.each([
    [131, 157, 131],
    [12, 600, 33],
    [2, 512, 256],
    [300, 40, 9],
    [70, 1100, 70],
  ])("%i × %i by %i", (m, k, n) => {
    const xs = [noise(m, k), noise(k, n)];
    const f = (a: Value, b: Value): Value => np.tanh(a.matmul(b).mul(0.01).add(0.5));
    const [want, got] = [run(f, xs, "off"), run(f, xs, "all")];
    expect(got.languages).toContain("c");
    const [x, y] = [want, got].map((r) => new Float32Array(r.bytes[0]!.slice().buffer));
    expect(Math.max(...x!.map((v, i) => Math.abs(v - y![i]!)))).toBeLessThan(2e-5);
  });
});

describe("where C is not to be had", () => {
  const before = { ...process.env };
  beforeEach(() => vi.resetModules());
  afterEach(() => {
    process.env = { ...before };
  });
  /** What a new process would find. */
  async function fresh(env: Record<string, string>): Promise<string | null> {
    process.env = { ...before, JITLENS_CACHE: mkdtempSync(join(folder, "c")), ...env };
    const [{ NativeRoute, kernelSteps }, engine, { compileJaxpr: compile }] = await Promise.all([
      import("./route.ts"),
      import("../../index.ts"),
      import("../../compiler/compile.ts"),
    ]);
    const x = engine.numpy.ones([100]);
    const { plan } = compile(engine.makeJaxpr((v: Value) => v.mul(2).add(1))(x as unknown as Value));
    const route = NativeRoute.start(kernelSteps(plan), 0);
    if (!(route instanceof NativeRoute)) return route.failed;
    route.wait(20_000);
    expect(route.ready.size + route.reasons.size + (route.failed ? 1 : 0)).toBe(1);
    return route.failed ?? route.reasons.get(0)?.text ?? null;
  }
  const script = (text: string): string => {
    const file = join(mkdtempSync(join(folder, "s")), "cc");
    writeFileSync(file, `#!/bin/sh\n${text}\n`);
    chmodSync(file, 0o755);
    return file;
  };
  test("no koffi", async () => {
    expect(await fresh({ JITLENS_KOFFI: join(folder, "nowhere") })).toContain('the npm package "koffi" was not found');
  });
  test.skipIf("failed" in koffi)("no compiler", async () => {
    expect(await fresh({ JITLENS_CC: join(folder, "nowhere") })).toContain("which JITLENS_CC names");
    vi.resetModules();
    expect(await fresh({ PATH: "", Path: "" })).toBe("there is no C compiler (cc, clang or gcc) in PATH");
  });
  test.skipIf(missing !== null || process.platform === "win32")("a compiler that hangs is ended, with what it has started", async () => {
    const mark = join(folder, "pid");
    const said = await fresh({ JITLENS_CC: script(`sleep 60 & echo $! > ${mark}; wait`), JITLENS_CC_SECONDS: "0.2" });
    expect(said).toContain("did not end within 0.2 s");
    await vi.waitFor(() => expect(isRunning(Number(readFileSync(mark, "utf8")))).toBe(false));
  });
  test.skipIf(missing !== null || process.platform === "win32")("a compiler that fails on a kernel", async () => {
    const cc = findCompilers()[0]!;
    const said = await fresh({
      JITLENS_CC: script(
        `case "$*" in *-dM*) exec ${cc} "$@";; esac\ncat > /tmp/x$$; grep -q frame /tmp/x$$ && { rm /tmp/x$$; echo 'error: no' >&2; exit 1; }\nexec ${cc} "$@" < /tmp/x$$`,
      ),
    });
    expect(said).toMatch(/the C compiler failed: .*error: no/);
  });
  test.skipIf(missing !== null)("a broken library in the cache is made anew", async () => {
    expect(await fresh({ JITLENS_CACHE: folder })).toBeNull();
    const at = join(folder, "native");
    const libraries = (): string[] => readdirSync(at).filter((n) => /\.(so|dll|dylib)$/.test(n));
    expect(libraries().length).toBeGreaterThan(0);
    for (const n of libraries()) {
      rmSync(join(at, n));
      writeFileSync(join(at, n), "broken");
    }
    vi.resetModules();
    expect(await fresh({ JITLENS_CACHE: folder })).toBeNull();
    expect(existsSync(at)).toBe(true);
  });
});
