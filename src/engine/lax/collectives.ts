// Collectives for users: between the examples of a vmap with an axisName, on pytrees.
import { type Tree, flatten } from "../core/pytree.ts";
import { bind, bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { type ArrayLike, asArray, axisOf, options } from "../numpy/convert.ts";
import * as o from "../primitives/ops.ts";
import * as c from "../transforms/collectives.ts";

type Axis = c.Axis;
function each(what: string, x: Tree, axis: Axis, f: (values: Value[]) => readonly Value[]): Tree {
  for (const a of c.names(axis)) c.sizeFor(what, a);
  const [leaves, tree] = flatten(x);
  return tree.unflatten(f(leaves.map((l) => asArray(l as ArrayLike, what))));
}
const reducing =
  (what: string, p: typeof c.psum) =>
  (x: Tree, axisName: Axis): Tree =>
    each(what, x, axisName, (vs) => bind(p, vs, { axes: c.names(axisName), axisIndexGroups: null }));
/** The product of the sizes of axes. */
export const axisSize = (axisName: Axis): number => c.names(axisName).reduce((n, a) => n * c.sizeFor("axisSize", a), 1);
/** Sum over the examples. A plain number gives number · axis size, known while tracing. */
export const psum = (x: Tree, axisName: Axis): Tree => (typeof x === "number" ? x * axisSize(axisName) : reducing("psum", c.psum)(x, axisName));
export const pmax = reducing("pmax", c.pmax),
  pmin = reducing("pmin", c.pmin);
export const pmean = (x: Tree, axisName: Axis): Tree => {
  const n = axisSize(axisName);
  return each("pmean", x, axisName, (vs) =>
    bind(
      c.psum,
      vs.map((v) => (v.dtype.includes("int") || v.dtype === "bool" ? v.astype("float32") : v)),
      { axes: c.names(axisName), axisIndexGroups: null },
    ).map((v) => o.div(v, o.like(v, n))),
  );
};
/** The position of the example along an axis (along several, row-major). */
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
export const allGather = (x: Tree, axisName: Axis, ...rest: unknown[]): Tree => {
  const q = options<{ axis?: number; tiled?: boolean }>("lax.allGather", ["axis", "tiled"], rest),
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
export const psumScatter = (x: Tree, axisName: Axis, q: { scatterDimension?: number; tiled?: boolean } = {}): Tree => {
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
export const allToAll = (x: Tree, axisName: Axis, splitAxis: number, concatAxis: number, q: { tiled?: boolean } = {}): Tree => {
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
export const ppermute = (x: Tree, axisName: Axis, perm: readonly (readonly [number, number])[]): Tree => {
  const a = axis1("ppermute", axisName);
  return each("ppermute", x, axisName, (vs) => vs.map((v) => bind1(c.ppermute, [v], { axisName: a.axisName, perm })));
};
/** Example i gets the values of example perm[i]. */
export const pshuffle = (x: Tree, axisName: Axis, perm: readonly number[]): Tree =>
  ppermute(
    x,
    axisName,
    perm.map((from, to) => [from, to] as const),
  );
/** Exchanges the named axis with an axis of the operands. */
export const pswapaxes = (x: Tree, axisName: Axis, axis: number): Tree => allToAll(x, axisName, axis, axis);
/** Every example gets the value of one. */
export const pbroadcast = (x: Tree, axisName: Axis, source: number): Tree => {
  const mine = o.eq(axisIndex(axisName), o.lit("int32", source));
  return each("pbroadcast", x, axisName, (vs) =>
    bind(
      c.psum,
      vs.map((v) => o.select(mine, v, o.zerosLike(v.aval))),
      { axes: c.names(axisName), axisIndexGroups: null },
    ),
  );
};
