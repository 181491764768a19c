// Covariances and correlations of samples.
import { dtypeOf, isComplex, isInteger, realPart } from "../core/dtypes.ts";
import { DTypeError, ShapeError } from "../core/errors.ts";
import type { Tail } from "../core/signature.ts";
import type { Value } from "../core/value.ts";
import * as o from "../primitives/ops.ts";
import { type ArrayLike, asArray, broadcastTo, castTo, integerArgument, options, promoteInexact } from "./convert.ts";
import { matmul } from "./linear.ts";
import { mean, sum } from "./reductions.ts";
import type { CorrcoefOptions, CovOptions } from "./signalOptions.ts";

/** The covariance matrix of variables (rows).
 * @example np.cov([[1, 2, 3], [3, 2, 1]]) // [[1, -1], [-1, 1]] */
export function cov(m: ArrayLike, ...rest: Tail<[y: ArrayLike | null, rowvar: boolean, bias: boolean, ddof: number | null], CovOptions>): Value {
  const p = options<CovOptions>("cov", ["y", "rowvar", "bias", "ddof"], rest),
    rows = (z: ArrayLike): Value => {
      const [v0] = promoteInexact("cov", [z]),
        v = p.dtype ? castTo(v0!, dtypeOf(p.dtype)) : v0,
        w = v!.ndim < 2 ? o.reshape(v!, [1, v!.size]) : v!;
      return p.rowvar === false && w.shape[0] !== 1 ? w.T : w;
    };
  const x = p.y === undefined || p.y === null ? rows(m) : o.concatenate(promoteInexact("cov", [m, p.y]).map(rows), 0),
    n = x.shape[1]!,
    ddof = integerArgument("cov", "ddof", p.ddof ?? (p.bias ? 0 : 1)),
    real = isComplex(x.dtype) ? realPart(x.dtype) : x.dtype;
  const weights = (name: "fweights" | "aweights"): Value | null => {
    const given = p[name];
    if (given === undefined || given === null) return null;
    const w = asArray(given, "cov");
    if (w.ndim !== 1 || w.shape[0] !== n) throw new ShapeError(`cov: ${name} is ${w.aval}, expected one weight for each of the ${n} observations`);
    if (name === "fweights" && !isInteger(w.dtype) && !Array.isArray(given))
      throw new DTypeError(`cov: fweights has dtype ${w.dtype}, expected integers; convert it with astype("int32")`);
    return o.abs(castTo(w, real));
  };
  const [f, a] = [weights("fweights"), weights("aweights")],
    w = f && a ? o.mul(f, a) : (f ?? a),
    total = w ? sum(w) : o.lit(real, n),
    centre = w
      ? o.div(sum(o.mul(x, broadcastTo(castTo(w, x.dtype), x.shape)), { axis: 1, keepdims: true }), castTo(total, x.dtype))
      : mean(x, { axis: 1, keepdims: true }),
    c = o.sub(x, broadcastTo(centre, x.shape)),
    // Each observation counts by its weight; what is lost to the mean is taken off the number of them.
    lost = ddof === 0 ? o.lit(real, 0) : a && w ? o.div(o.mul(o.lit(real, ddof), sum(o.mul(w, a))), total) : o.lit(real, ddof),
    weighted = w ? o.mul(c, broadcastTo(castTo(w, x.dtype), c.shape)) : c,
    r = o.div(matmul(weighted, o.conj(c).T), castTo(o.sub(total, lost), x.dtype));
  const known = n === 0 ? o.full(r.shape, r.dtype, NaN) : r;
  return known.shape.every((k) => k === 1) ? o.reshape(known, []) : known;
}
/** The matrix of correlation coefficients of variables (rows).
 * @example np.corrcoef([[1, 2, 3], [3, 2, 1]]) // [[1, -1], [-1, 1]] */
export function corrcoef(x: ArrayLike, ...rest: Tail<[y: ArrayLike | null, rowvar: boolean], CorrcoefOptions>): Value {
  const c = cov(x, ...rest);
  if (c.ndim === 0) return c.div(c);
  const d = o.sqrt(c.diagonal().real),
    r = c.div(o.expandDims(d, 1)).div(o.expandDims(d, 0));
  return isComplex(r.dtype) ? r : r.clip(-1, 1);
}
