// Words and sizes that are not there are refused by name, options have an effect or are refused, and optional arguments work by position.
import { describe, expect, test } from "vitest";
import * as jl from "../index.ts";

const { numpy: np, lax, nn, random, scipy, ops } = jl;
const a = np.array([3, 1, 2]);
const matrix = np.array([
  [2, 1],
  [1, 3],
]);
/** What a person might write in a word's place, past the types. */
const word = (w: unknown): never => w as never; // the types refuse these words, which is the point

describe("refused, naming what is there", () => {
  const cases: Readonly<Record<string, readonly [() => unknown, RegExp]>> = {
    convolve: [() => np.convolve(a, a, "foo"), /convolve: mode is "foo", expected "full", "same" or "valid"/],
    correlate: [() => np.correlate(a, a, { mode: "foo" }), /correlate: mode is "foo", expected "full", "same" or "valid"/],
    "scipy.signal.convolve": [() => scipy.signal.convolve(a, a, { mode: "foo" }), /"full", "same" or "valid"/],
    "scipy.signal.convolve method": [() => scipy.signal.convolve(a, a, { method: "foo" }), /method is "foo", expected "auto", "direct" or "fft"/],
    take: [() => np.take(a, 1, { mode: "foo" }), /take: mode is "foo", expected "fill", "clip" or "wrap"/],
    "take raise": [() => np.take(a, 1, { mode: "raise" }), /take: mode "raise"/],
    "at get": [() => a.at(1).get({ mode: "foo" }), /get: mode is "foo", expected "clip", "fill", "drop" or "promise_in_bounds"/],
    "at set": [() => a.at(1).set(3, { mode: "foo" }), /at\(\).set: mode is "foo", expected "clip"/],
    takeAlongAxis: [() => np.takeAlongAxis(a, [1], { axis: 0, mode: "wrap" }), /mode is "wrap", expected "clip"/],
    "sort kind": [() => np.sort(a, { kind: word("quicksort") }), /sort: kind is "quicksort"/],
    "argsort kind": [() => np.argsort(a, { kind: word("foo") }), /argsort: kind is "foo"/],
    "sort order": [() => np.sort(a, { order: word("x") }), /sort: order is "x"/],
    trimZeros: [() => np.trimZeros(a, "zz"), /trimZeros: trim is "zz", expected "f", "b"/],
    "random.key": [() => random.key(0, { impl: "foo" }), /random.key: impl is "foo", expected "threefry2x32"/],
    "random.PRNGKey": [() => random.PRNGKey(0, { impl: "rbg" }), /impl is "rbg", expected "threefry2x32"/],
    "array order": [() => np.array([1], { order: "F" }), /array: order is "F", expected "K"/],
    "reshape order": [() => np.reshape(a, [3], { order: "X" }), /order is "X", expected "C" or "F"/],
    "pad negative": [() => np.pad(a, -1), /pad: a pad width is -1, expected an integer, 0 or more/],
    "pad fractional": [() => np.pad(a, [[0, 1.5]]), /pad: a pad width is 1.5, expected an integer, 0 or more/],
    "pad pairs": [() => np.pad(a, [[0, 0], [1, 1]]), /2 pairs for f32\[3\]/], // prettier-ignore
    "pad nothing": [() => np.pad(np.zeros([0]), 1, { mode: "edge" }), /is empty/],
    "eigh b": [() => scipy.linalg.eigh(matrix, { b: word(matrix) }), /eigh: b is .*expected null/],
    "eigh type": [() => scipy.linalg.eigh(matrix, { type: word(2) }), /eigh: type is 2, expected 1/],
    "eigh eigvals": [() => scipy.linalg.eigh(matrix, { eigvals: word([0, 0]) }), /eigh: eigvals/],
    convolve2d: [() => scipy.signal.convolve2d(matrix, matrix, { boundary: "wrap" }), /convolve2d: boundary is "wrap", expected "fill"/],
    correlate2d: [() => scipy.signal.correlate2d(matrix, matrix, { fillvalue: 1 }), /correlate2d: fillvalue is 1, expected 0/],
    detrend: [() => scipy.signal.detrend(a, { type: "foo" }), /detrend: type is "foo", expected "linear" or "constant"/],
    eighTridiagonal: [() => scipy.linalg.eighTridiagonal([1, 2], [1], { select: word("z") }), /select is "z", expected "a", "i" or "v"/],
    segmentSum: [
      () => ops.segmentSum(a, np.array([0, 1, 1], "int32"), { mode: "foo" }),
      /segmentSum: mode is "foo", expected "drop", "fill", "clip"/,
    ],
    "lax.map": [() => lax.map((x) => x, a, { batchSize: -1 }), /lax.map: batchSize is -1/],
    polyfit: [() => np.polyfit([0, 1, 2], [0, 1, 4], 1, { cov: "foo" }), /polyfit: cov is "foo", expected true, false or "unscaled"/],
    schur: [() => scipy.linalg.schur(matrix, "foo"), /output is "foo", expected "real" or "complex"/],
    dft: [() => scipy.linalg.dft(3, "foo"), /scale is "foo", expected "sqrtn" or "n"/],
    solve: [() => scipy.linalg.solve(matrix, [1, 2], { assumeA: "foo" }), /assumeA is "foo", expected "gen"/],
  };
  for (const [name, [run, message]] of Object.entries(cases))
    test(name, () => {
      expect(run).toThrow(message);
    });
  for (const [name, run] of Object.entries({
    "zeros(2**40)": () => np.zeros(2 ** 40),
    "zeros([2**20, 2**20])": () => np.zeros([2 ** 20, 2 ** 20]),
    "iota(2**33)": () => lax.iota("int32", 2 ** 33),
    "arange(2**33)": () => np.arange(2 ** 33),
    "uniform([2**33])": () => random.uniform(random.key(0), [2 ** 33]),
    "jit zeros(2**40)": () => jl.jit(() => np.zeros(2 ** 40))(),
  }))
    test(`${name} is too large`, () => {
      expect(run).toThrow(jl.OutOfMemoryError);
      expect(run).toThrow(/\d+(\.\d+)? (bytes|[KMGT]i?B)|MB|GB|MiB|GiB|TiB/);
    });
});

describe("options that JAX has have its effect", () => {
  test("eighTridiagonal select", () => {
    const w = scipy.linalg.eighTridiagonal([1, 2, 3], [0.5, 0.5], { select: "i", selectRange: [0, 1], eigvalsOnly: true }) as jl.Value;
    expect(np.allclose(w, [0.7752552, 2], 1e-5).item()).toBe(true);
  });
  test("segment mode", () => {
    const ids = np.array([0, 5, 1], "int32");
    expect(ops.segmentSum(a, ids, { numSegments: 2, mode: "clip" }).tolist()).toEqual([3, 3]);
    expect(ops.segmentSum(a, ids, 2).tolist()).toEqual([3, 2]);
  });
  test("polyfit cov", () => {
    const x = np.arange(8).astype("float32"),
      y = x.mul(x).add(np.array([0, 0.1, 0, -0.1, 0.2, 0, 0.1, 0])),
      [c, cov] = np.polyfit(x, y, 1, { cov: true }) as [jl.Value, jl.Value],
      [, unscaled] = np.polyfit(x, y, 1, { cov: "unscaled" }) as [jl.Value, jl.Value];
    expect(np.allclose(c, [7.003571, -6.974995], 1e-4).item()).toBe(true);
    expect(np.allclose(cov, [[0.6645169, -2.3258092], [-2.3258095, 11.629046]], 1e-3).item()).toBe(true); // prettier-ignore
    expect(np.allclose(unscaled, [[0.0238095, -0.0833333], [-0.0833333, 0.4166667]], 1e-3).item()).toBe(true); // prettier-ignore
    expect(() => np.polyfit([0, 1], [0, 1], 1, { cov: true })).toThrow(/more points/);
  });
  test("lstsq numpyResid", () => {
    const A = np.array([[1, 2], [3, 4], [5, 6.5]]), // prettier-ignore
      b = np.array([1, 2, 4]);
    expect(np.linalg.lstsq(A, b, { numpyResid: true })[1]!.shape).toEqual([1]);
    expect(np.linalg.lstsq(np.ones([3, 2]), b, { numpyResid: true })[1]!.shape).toEqual([0]);
    expect(np.linalg.lstsq(A.get(":2"), b.get(":2"), { numpyResid: true })[1]!.shape).toEqual([0]);
    expect(() => jl.jit((m: jl.Value) => np.linalg.lstsq(m, b, { numpyResid: true }))(A)).toThrow(/numpyResid/);
  });
});

describe("by position", () => {
  const shown = (x: unknown): unknown => (x instanceof jl.Value ? [x.dtype, x.tolist()] : x);
  const x = np.array([[0.5, -1.25], [2, 3.75]]); // prettier-ignore
  const image = np.arange(32).reshape([1, 2, 4, 4]).astype("float32"),
    kernel = np.arange(8).reshape([1, 2, 2, 2]).astype("float32");
  const pairs: Readonly<Record<string, readonly [() => unknown, () => unknown]>> = {
    array: [() => np.array([1, 2], "int32"), () => np.array([1, 2], { dtype: "int32" })],
    "array, a function for a dtype": [() => np.array([1, 2], np.int32), () => np.array([1, 2], { dtype: "int32" })],
    asarray: [() => np.asarray([1, 2], "float16"), () => np.asarray([1, 2], { dtype: "float16" })],
    full: [() => np.full([2], 7, "int32"), () => np.full([2], 7, { dtype: "int32" })],
    fullLike: [() => np.fullLike(a, 7, "int32"), () => np.fullLike(a, 7, { dtype: "int32" })],
    zerosLike: [() => np.zerosLike(a, "int32"), () => np.zerosLike(a, { dtype: "int32" })],
    onesLike: [() => np.onesLike(a, "int32", [2]), () => np.onesLike(a, { dtype: "int32", shape: [2] })],
    isclose: [() => np.isclose(a, a.add(0.1), 0, 0.2), () => np.isclose(a, a.add(0.1), { rtol: 0, atol: 0.2 })],
    "isclose equalNan": [() => np.isclose(NaN, NaN, 1e-5, 1e-8, true), () => np.isclose(NaN, NaN, { equalNan: true })],
    allclose: [() => np.allclose(a, a.add(0.1), 0, 0.2), () => true],
    arrayEqual: [() => np.arrayEqual([NaN], [NaN], true), () => np.arrayEqual([NaN], [NaN], { equalNan: true })],
    round: [() => np.round(x, 1), () => np.round(x, { decimals: 1 })],
    ravel: [() => np.ravel(x, "F"), () => np.ravel(x, { order: "F" })],
    angle: [() => np.angle(np.array([-1, 1]), true), () => np.angle(np.array([-1, 1]), { deg: true })],
    isin: [() => np.isin(a, [1, 2], false, true), () => np.isin(a, [1, 2], { invert: true })],
    indices: [() => np.indices([2, 2], "float32"), () => np.indices([2, 2], { dtype: "float32" })],
    softmax: [() => nn.softmax(x, 0), () => nn.softmax(x, { axis: 0 })],
    "softmax where": [() => nn.softmax(x, 0, x.gt(0)), () => nn.softmax(x, { axis: 0, where: x.gt(0) })],
    logSoftmax: [() => nn.logSoftmax(x, 0), () => nn.logSoftmax(x, { axis: 0 })],
    logsumexp: [() => nn.logsumexp(x, 0), () => nn.logsumexp(x, { axis: 0 })],
    "logsumexp keepdims": [() => nn.logsumexp(x, 1, null, true), () => nn.logsumexp(x, { axis: 1, keepdims: true })],
    standardize: [() => nn.standardize(x, 0), () => nn.standardize(x, { axis: 0 })],
    convGeneralDilated: [
      () => lax.convGeneralDilated(image, kernel, [1, 1], "VALID", [1, 1], [2, 2]),
      () => lax.convGeneralDilated(image, kernel, [1, 1], "VALID", { rhsDilation: [2, 2] }),
    ],
    "convGeneralDilated of letters": [
      () => lax.convGeneralDilated(image, kernel, [1, 1], "SAME", null, null, ["NCHW", "OIHW", "NCHW"]),
      () => lax.convGeneralDilated(image, kernel, [1, 1], "SAME", { dimensionNumbers: ["NCHW", "OIHW", "NCHW"] }),
    ],
    cholesky: [() => scipy.linalg.cholesky(matrix, true), () => scipy.linalg.cholesky(matrix, { lower: true })],
    solveTriangular: [
      () => scipy.linalg.solveTriangular(matrix, [1, 2], 1, true),
      () => scipy.linalg.solveTriangular(matrix, [1, 2], { trans: 1, lower: true }),
    ],
    dft: [() => scipy.linalg.dft(3, "n"), () => scipy.linalg.dft(3, { scale: "n" })],
  };
  for (const [name, [position, option]] of Object.entries(pairs))
    test(name, () => {
      const want = option();
      expect(shown(position() instanceof jl.Value && want === true ? (position() as jl.Value).item() : position())).toEqual(shown(want));
    });
});
