// Histograms.
import { ShapeError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, castTo, options, promoteInexact } from "./convert.ts";
import { linspace } from "./creation.ts";
import { where } from "./choosing.ts";
import { max, min, sum } from "./reductions.ts";
import { bincount, diff } from "./signal.ts";
import { searchsorted } from "./sorting.ts";
import type { Bins, HistogramBinsOptions, HistogramOptions } from "./options.ts";
import type { Tail } from "../core/signature.ts";

/** The edges of equally wide bins over the range (of the data where none is given), or the ones given.
 * @example np.histogramBinEdges([0, 4], { bins: 4 }) // [0, 1, 2, 3, 4] */
export function histogramBinEdges(
  a: ArrayLike,
  ...rest: Tail<[bins: Bins, range: readonly (ArrayLike | null)[] | null, weights: ArrayLike | null], HistogramBinsOptions>
): Value {
  const q = options<HistogramBinsOptions>("histogramBinEdges", ["bins", "range", "weights"], rest),
    bins = q.bins ?? 10,
    [v] = promoteInexact("histogramBinEdges", [asArray(a)]) as [Value];
  if (typeof bins === "string")
    throw new ShapeError(`histogramBinEdges: bins is "${bins}", expected a number or the edges; the named rules are not there, as in JAX`);
  const b = asArray(bins as ArrayLike);
  if (b.ndim === 1) return castTo(b, v.dtype);
  const low = q.range ? castTo(asArray(q.range[0]!), v.dtype) : min(v),
    high = q.range ? castTo(asArray(q.range[1]!), v.dtype) : max(v),
    flat = o.eq(low, high),
    h = o.like(v, 0.5);
  return linspace(o.select(flat, o.sub(low, h), low), o.select(flat, o.add(high, h), high), Number(bins) + 1) as Value;
}
/** In which bin each value lies, counted from 1; values on the last edge belong to the last bin. */
const binOf = (v: Value, edges: Value): Value => {
  const n = edges.shape[0]!,
    last = o.squeeze(o.sliceInDim(edges, 0, n - 1, n), [0]);
  return where(v.eq(last), n - 1, searchsorted(edges, v, { side: "right" })) as Value;
};
/** `[counts, edges]` of the values in bins.
 * @example np.histogram([1, 2, 1], { bins: 2 }) // [[2, 1], [1, 1.5, 2]] */
export function histogram(
  a: ArrayLike,
  ...rest: Tail<[bins: Bins, range: readonly (ArrayLike | null)[] | null, weights: ArrayLike | null, density: boolean | null], HistogramOptions>
): [Value, Value] {
  const q = options<HistogramOptions>("histogram", ["bins", "range", "weights", "density"], rest),
    [v0] = promoteInexact("histogram", [asArray(a)]) as [Value],
    v = o.reshape(v0, [v0.size]),
    edges = histogramBinEdges(v, q.bins ?? 10, q.range ?? null),
    n = edges.shape[0]!;
  const weights = q.weights === undefined || q.weights === null ? o.full(v.shape, v.dtype, 1) : o.reshape(asArray(q.weights), [v.size]),
    counts = o.sliceInDim(bincount(binOf(v, edges), { weights, length: n }), 0, 1, n);
  return [q.density ? counts.div(sum(counts)).div(diff(edges)) : counts, edges];
}
/** `[counts, edges of each dimension]` of points (rows) in boxes.
 * @example np.histogramdd([[0, 0], [1, 1]], { bins: 2 })[0] // [[1, 0], [0, 1]] */
export function histogramdd(
  sample: ArrayLike,
  ...rest: Tail<
    [bins: Bins | readonly Bins[], range: readonly (ArrayLike | null)[] | null, weights: ArrayLike | null, density: boolean | null],
    HistogramOptions
  >
): [Value, Value[]] {
  const q = options<HistogramOptions>("histogramdd", ["bins", "range", "weights", "density"], rest),
    [s] = promoteInexact("histogramdd", [asArray(sample)]) as [Value],
    d = s.shape[1]!;
  const bins = (Array.isArray(q.bins) ? q.bins : Array<Bins>(d).fill(q.bins ?? 10)) as Bins[],
    columns = Array.from({ length: d }, (_x, i) => o.squeeze(o.sliceInDim(s, 1, i, i + 1), [1])),
    edges = columns.map((c, i) => histogramBinEdges(c, bins[i]!, (q.range?.[i] ?? null) as readonly ArrayLike[] | null)),
    sizes = edges.map((e) => e.shape[0]! + 1);
  const flat = columns.reduce<Value | null>((acc, c, i) => {
      const b = o.convert(binOf(c, edges[i]!), "int32");
      return acc ? o.add(o.mul(acc, o.like(acc, sizes[i]!)), b) : b;
    }, null)!,
    total = sizes.reduce((p, k) => p * k, 1);
  const counts = o.reshape(bincount(flat, { weights: q.weights ?? null, length: total }), sizes),
    core = o.slice(
      counts,
      sizes.map(() => 1),
      sizes.map((k) => k - 1),
    );
  if (!q.density) return [core, edges];
  const f = castTo(core, s.dtype),
    norm = edges.reduce(
      (h, e, i) =>
        h.div(
          o.broadcastInDim(
            diff(e),
            core.shape.map((m, k) => (k === i ? m : 1)),
            [i],
          ),
        ),
      f.div(sum(f)),
    );
  return [norm, edges];
}
/** `[counts, x edges, y edges]` of points in rectangles.
 * @example np.histogram2d([0, 1], [0, 1], { bins: 2 })[0] // [[1, 0], [0, 1]] */
export function histogram2d(
  x: ArrayLike,
  y: ArrayLike,
  ...rest: Tail<
    [bins: Bins | readonly Bins[], range: readonly (ArrayLike | null)[] | null, weights: ArrayLike | null, density: boolean | null],
    HistogramOptions
  >
): [Value, Value, Value] {
  const q = options<HistogramOptions>("histogram2d", ["bins", "range", "weights", "density"], rest),
    [a, b] = promoteInexact("histogram2d", [asArray(x), asArray(y)]) as [Value, Value];
  const [h, [ex, ey]] = histogramdd(o.concatenate([o.expandDims(a, 1), o.expandDims(b, 1)], 1), q) as [Value, [Value, Value]];
  return [h, ex, ey];
}
