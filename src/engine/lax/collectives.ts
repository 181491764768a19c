// Collectives for users: between the examples of a vmap with an axisName, on pytrees.
import { flatten } from "../core/pytree.ts";
import type { Arrays } from "../core/treeTypes.ts";
import { bind, bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { type ArrayLike, asArray, axisOf, options } from "../numpy/convert.ts";
import * as o from "../primitives/ops.ts";
import * as c from "../transforms/collectives.ts";
import type { AllGatherOptions, AllToAllOptions, PsumScatterOptions } from "./options.ts";
import type { Tail } from "../core/signature.ts";

type Axis = c.Axis;
function each<T>(what: string, x: T, axis: Axis, f: (values: Value[]) => readonly Value[]): Arrays<T> {
  for (const a of c.names(axis)) c.sizeFor(what, a);
  const [leaves, tree] = flatten(x);
  return tree.unflatten(f(leaves.map((l) => asArray(l as ArrayLike, what)))) as Arrays<T>;
}
const reducing =
  (what: string, p: typeof c.psum) =>
  <T>(x: T, axisName: Axis): Arrays<T> =>
    each(what, x, axisName, (vs) => bind(p, vs, { axes: c.names(axisName), axisIndexGroups: null }));
/** The product of the sizes of axes.
 * @example vmap((x: Array) => x.mul(lax.axisSize("i")), { axisName: "i" })(np.array([1, 2])) // [2, 4] */
export const axisSize = (axisName: Axis): number => c.names(axisName).reduce((n, a) => n * c.sizeFor("axisSize", a), 1);
/** Sum over the examples. A plain number gives number · axis size, known while tracing.
 * @example vmap((x: Array) => lax.psum(x, "i"), { axisName: "i" })(np.array([1, 2])) // [3, 3] */
export function psum(x: number, axisName: Axis): number;
export function psum<T>(x: T, axisName: Axis): Arrays<T>;
export function psum(x: unknown, axisName: Axis): unknown {
  return typeof x === "number" ? x * axisSize(axisName) : reducing("psum", c.psum)(x, axisName);
}
/** The largest over the examples of a named axis.
 * @example vmap((x: Array) => lax.pmax(x, "i"), { axisName: "i" })(np.array([1, 2])) // [2, 2] */
export const pmax = reducing("pmax", c.pmax);
/** The smallest over the examples of a named axis.
 * @example vmap((x: Array) => lax.pmin(x, "i"), { axisName: "i" })(np.array([1, 2])) // [1, 1] */
export const pmin = reducing("pmin", c.pmin);
/** The mean over the examples of a named axis.
 * @example vmap((x: Array) => lax.pmean(x, "i"), { axisName: "i" })(np.array([1, 2])) // [1.5, 1.5] */
export const pmean = <T>(x: T, axisName: Axis): Arrays<T> => {
  const n = axisSize(axisName);
  return each("pmean", x, axisName, (vs) =>
    bind(
      c.psum,
      vs.map((v) => (v.dtype.includes("int") || v.dtype === "bool" ? v.astype("float32") : v)),
      { axes: c.names(axisName), axisIndexGroups: null },
    ).map((v) => o.div(v, o.like(v, n))),
  );
};
/** The position of the example along an axis (along several, row-major).
 * @example vmap((x: Array) => x.add(lax.axisIndex("i")), { axisName: "i" })(np.array([10, 20])) // [10, 21] */
export function axisIndex(axisName: Axis): Value {
  return c.names(axisName).reduce<Value | null>((at, a) => {
    const n = c.sizeFor("axisIndex", a),
      i = bind1(c.axisIndex, [], { axisName: a });
    return at ? o.add(o.mul(at, o.lit("int32", n)), i) : i;
  }, null)!;
}
const axis1 = (what: string, axisName: Axis): { axisName: string; axisSize: number } => {
  const [a, ...more] = c.names(axisName);
  if (a === undefined || more.length) throw new TypeError(`${what}: give one axis name, got ${String(axisName)}`);
  return { axisName: a, axisSize: c.sizeFor(what, a) };
};
/** The values of all examples, along a new axis.
 * @example vmap((x: Array) => lax.allGather(x, "i"), { axisName: "i" })(np.array([1, 2])) // [[1, 2], [1, 2]] */
export const allGather = <T>(x: T, axisName: Axis, ...rest: Tail<[axis: number, tiled: boolean], AllGatherOptions>): Arrays<T> => {
  const q = options<AllGatherOptions>("lax.allGather", ["axis", "tiled"], rest),
    a = axis1("allGather", axisName);
  return each("allGather", x, axisName, (vs) =>
    vs.map((v) =>
      bind1(c.allGather, [v], {
        ...a,
        allGatherDimension: axisOf("allGather", q.axis ?? 0, q.tiled ? v.ndim : v.ndim + 1),
        tiled: q.tiled ?? false,
        axisIndexGroups: null,
      }),
    ),
  );
};
/** The sum over examples, a part for each.
 * @example vmap((x: Array) => lax.psumScatter(x, "i"), { axisName: "i" })(np.array([[1, 2], [3, 4]])) // [4, 6] */
export const psumScatter = <T>(x: T, axisName: Axis, q: PsumScatterOptions = {}): Arrays<T> => {
  const a = axis1("psumScatter", axisName);
  return each("psumScatter", x, axisName, (vs) =>
    vs.map((v) =>
      bind1(c.psumScatter, [v], {
        ...a,
        scatterDimension: axisOf("psumScatter", q.scatterDimension ?? 0, v.ndim),
        tiled: q.tiled ?? false,
        axisIndexGroups: null,
      }),
    ),
  );
};
/** Examples exchange parts: one axis is split, the parts are joined along another.
 * @example vmap((x: Array) => lax.allToAll(x, "i", 0, 0), { axisName: "i" })(np.array([[1, 2], [3, 4]])) // [[1, 3], [2, 4]] */
export const allToAll = <T>(x: T, axisName: Axis, splitAxis: number, concatAxis: number, q: AllToAllOptions = {}): Arrays<T> => {
  const a = axis1("allToAll", axisName);
  return each("allToAll", x, axisName, (vs) =>
    vs.map((v) =>
      bind1(c.allToAll, [v], {
        ...a,
        splitAxis: axisOf("allToAll", splitAxis, v.ndim),
        concatAxis: axisOf("allToAll", concatAxis, v.ndim),
        tiled: q.tiled ?? false,
        axisIndexGroups: null,
      }),
    ),
  );
};
/** Example `to` gets the value of example `from`, for each pair; the others zeros.
 * @example vmap((x: Array) => lax.ppermute(x, "i", [[0, 1], [1, 0]]), { axisName: "i" })(np.array([1, 2])) // [2, 1] */
export const ppermute = <T>(x: T, axisName: Axis, perm: readonly (readonly [number, number])[]): Arrays<T> => {
  const a = axis1("ppermute", axisName);
  return each("ppermute", x, axisName, (vs) => vs.map((v) => bind1(c.ppermute, [v], { axisName: a.axisName, perm })));
};
/** Example i gets the values of example perm[i].
 * @example vmap((x: Array) => lax.pshuffle(x, "i", [1, 0]), { axisName: "i" })(np.array([1, 2])) // [2, 1] */
export const pshuffle = <T>(x: T, axisName: Axis, perm: readonly number[]): Arrays<T> =>
  ppermute(
    x,
    axisName,
    perm.map((from, to) => [from, to] as const),
  );
/** Exchanges the named axis with an axis of the operands.
 * @example vmap((x: Array) => lax.pswapaxes(x, "i", 0), { axisName: "i" })(np.array([[1, 2], [3, 4]])) // [[1, 3], [2, 4]] */
export const pswapaxes = <T>(x: T, axisName: Axis, axis: number): Arrays<T> => allToAll(x, axisName, axis, axis);
/** Every example gets the value of one.
 * @example vmap((x: Array) => lax.pbroadcast(x, "i", 1), { axisName: "i" })(np.array([1, 2])) // [2, 2] */
export const pbroadcast = <T>(x: T, axisName: Axis, source: number): Arrays<T> => {
  const mine = o.eq(axisIndex(axisName), o.lit("int32", source));
  return each("pbroadcast", x, axisName, (vs) =>
    bind(
      c.psum,
      vs.map((v) => o.select(mine, v, o.zerosLike(v.aval))),
      { axes: c.names(axisName), axisIndexGroups: null },
    ),
  );
};
