// numpy.pad in all of its modes.
import { ShapeError } from "../core/errors.ts";
import type { Tail } from "../core/signature.ts";
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, castTo, oneOf, options, sizeArgument } from "./convert.ts";
import type { PadWidth } from "./options.ts";
import { takeRuns } from "./runs.ts";
import type { PadOptions } from "./shapeOptions.ts";

function widths(w: PadWidth, rank: number): [number, number][] {
  if (typeof w === "number") return Array.from({ length: rank }, () => [w, w]);
  if (w.every((e) => typeof e === "number")) {
    const l = w as number[];
    return Array.from({ length: rank }, () => (l.length === 1 ? [l[0]!, l[0]!] : [l[0]!, l[1]!]));
  }
  const l = w as number[][];
  return Array.from({ length: rank }, (_x, i) => {
    const e = l[l.length === 1 ? 0 : i];
    if (!Array.isArray(e) || e.length < 1 || e.length > 2 || (l.length !== 1 && l.length !== rank))
      throw new ShapeError(`pad: got ${JSON.stringify(w)} for an array of ${rank} axes, expected a number, one pair, or a pair for each axis`);
    return e.length === 1 ? [e[0]!, e[0]!] : [e[0]!, e[1]!];
  });
}
/** How much is put around each axis: integers, 0 or more, and as many pairs as axes (or one). */
function padWidths(w: PadWidth, v: Value): [number, number][] {
  if (Array.isArray(w) && w.some(Array.isArray) && w.length !== 1 && w.length !== v.ndim)
    throw new ShapeError(`pad: the pad width has ${w.length} pairs for ${v.aval}; give one pair, or one for each of its ${v.ndim} axes`);
  const read = widths(w, v.ndim);
  return read.map(([lo, hi]) => [sizeArgument("pad", "a pad width", lo), sizeArgument("pad", "a pad width", hi)]);
}
/** Pads by a mode: constant, edge, reflect, symmetric, wrap, linear_ramp, maximum, minimum, mean, empty. */
const PAD_MODES = ["constant", "edge", "linear_ramp", "maximum", "mean", "median", "minimum", "reflect", "symmetric", "wrap", "empty"] as const;
/** The array with `padWidth` elements more at the ends of each axis: a number, a pair, or a pair for each axis. `mode` is "constant" (the default), "edge", "linear_ramp", "maximum", "mean", "median", "minimum", "reflect", "symmetric", "wrap", "empty", or a function. NumPy's pad.
 * @example np.pad([1, 2, 3], 1, { constantValues: 9 }) // [9, 1, 2, 3, 9] */
export function pad(x: ArrayLike, padWidth: PadWidth, ...rest: Tail<[mode: string], PadOptions>): Value {
  const p = options<PadOptions>("pad", ["mode"], rest),
    v = asArray(x, "pad"),
    w = padWidths(padWidth, v),
    mode = oneOf("pad", "mode", p.mode ?? "constant", PAD_MODES);
  oneOf("pad", "reflectType", p.reflectType ?? "even", ["even", "odd"]);
  let out = v;
  w.forEach(([lo, hi], a) => {
    const n = out.shape[a]!,
      at = (i: number): Value => o.sliceInDim(out, a, i, i + 1),
      part = (k: number, edge: Value): Value =>
        o.broadcastInDim(
          edge,
          out.shape.map((m, i) => (i === a ? k : m)),
          out.shape.map((_m, i) => i),
        );
    if (mode === "constant" || mode === "empty") {
      const cv = p.constantValues ?? 0,
        isArr = typeof cv !== "number" && !Array.isArray(cv),
        [l, h] = isArr ? [asArray(cv as ArrayLike), asArray(cv as ArrayLike)] : widths(cv as PadWidth, v.ndim)[a]!.map((q) => asArray(q));
      const config = (b: number, e: number): [number, number, number][] => out.shape.map((_m, i) => (i === a ? [b, e, 0] : [0, 0, 0]));
      if (lo) out = o.pad(out, castTo(l!, v.dtype), config(lo, 0));
      if (hi) out = o.pad(out, castTo(h!, v.dtype), config(0, hi));
      return;
    }
    if (n === 0 && lo === 0 && hi === 0 && !["maximum", "minimum"].includes(mode)) return;
    if (n === 0 && mode !== "mean")
      throw new ShapeError(`pad: axis ${a} of ${v.aval} is empty, so there is nothing to fill it with in mode "${mode}"; use mode "constant"`);
    if (mode === "edge") {
      out = o.concatenate(
        [part(lo, at(0)), out, part(hi, at(n - 1))].filter((q) => q.shape[a]! > 0),
        a,
      );
      return;
    }
    if (mode === "reflect" || mode === "symmetric" || mode === "wrap") {
      const index = (i: number): number => {
        if (mode === "wrap") return ((i % n) + n) % n;
        if (mode === "symmetric") {
          const m = ((i % (2 * n)) + 2 * n) % (2 * n);
          return m < n ? m : 2 * n - 1 - m;
        }
        if (n === 1) return 0;
        const m = ((i % (2 * n - 2)) + 2 * n - 2) % (2 * n - 2);
        return m < n ? m : 2 * n - 2 - m;
      };
      if (p.reflectType === "odd" && mode !== "wrap") {
        const idx = Array.from({ length: lo }, (_q, i) => index(i - lo)),
          idx2 = Array.from({ length: hi }, (_q, i) => index(n + i)),
          two = (e: Value): Value => o.mul(e, o.like(e, 2));
        const before = lo ? [o.sub(part(lo, two(at(0))), takeRuns(out, a, idx))] : [],
          after = hi ? [o.sub(part(hi, two(at(n - 1))), takeRuns(out, a, idx2))] : [];
        out = o.concatenate([...before, out, ...after], a);
        return;
      }
      out = takeRuns(
        out,
        a,
        Array.from({ length: lo + n + hi }, (_q, i) => index(i - lo)),
      );
      return;
    }
    if (mode === "linear_ramp") {
      const [el, eh] = widths(p.endValues ?? 0, v.ndim)[a]!,
        ramp = (k: number, edge: Value, end: number, rise: boolean): Value[] => {
          if (!k) return [];
          const t = o.broadcastInDim(
              o.div(castTo(o.iota("int32", [k], 0), "float32"), o.lit("float32", k)),
              out.shape.map((m, i) => (i === a ? k : m)),
              [a],
            ),
            e = castTo(part(k, edge), "float32"),
            f = o.add(o.mul(o.sub(e, o.like(e, end)), t), o.like(e, end));
          const r = castTo(f, v.dtype);
          return [rise ? r : o.rev(r, [a])];
        };
      out = o.concatenate([...ramp(lo, at(0), el, true), out, ...ramp(hi, at(n - 1), eh, false)], a);
      return;
    }
    const stat = (k: number): Value => {
      const part1 = k >= 0 ? o.sliceInDim(out, a, 0, k) : o.sliceInDim(out, a, n + k, n),
        opts = { axis: a, keepdims: true };
      return mode === "maximum"
        ? part1.max(opts)
        : mode === "minimum"
          ? part1.min(opts)
          : mode === "mean"
            ? castTo(isInt(v) ? part1.mean(opts).round() : part1.mean(opts), v.dtype)
            : castTo(part1.median(opts), v.dtype);
    };
    const [sl, sh] = p.statLength === undefined || p.statLength === null ? [n, n] : widths(p.statLength, v.ndim)[a]!;
    out = o.concatenate(
      [part(lo, stat(Math.min(sl, n))), out, part(hi, stat(-Math.min(sh, n)))].filter((q) => q.shape[a]! > 0),
      a,
    );
  });
  return out;
}
export const isInt = (v: Value): boolean => v.dtype.includes("int");
