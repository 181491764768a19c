// Scatter: writes windows into an operand, combining with what is there. One primitive a combiner, as in JAX.
import type { ShapedArray } from "../core/aval.ts";
import { isInexact } from "../core/dtypes.ts";
import { DTypeError, ShapeError } from "../core/errors.ts";
import {
  type BatchRule,
  type Linear,
  type LowerRule,
  type Primitive,
  type Tangent,
  type TransposeRule,
  Zero,
  definePrimitive,
  isLinear,
  isZero,
  primitiveNamed,
} from "../core/primitive.ts";
import { bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { notLinear } from "./define.ts";
import * as o from "./ops.ts";
import { type GatherMode, MODE_NAMES, showDims } from "./indexmode.ts";
import type { ScatterAttrs } from "../graph/graph.ts";

export interface ScatterDimensionNumbers {
  readonly updateWindowDims: readonly number[];
  readonly insertedWindowDims: readonly number[];
  readonly scatterDimsToOperandDims: readonly number[];
  readonly operandBatchingDims: readonly number[];
  readonly scatterIndicesBatchingDims: readonly number[];
}
export interface ScatterParams {
  readonly dimensionNumbers: ScatterDimensionNumbers;
  readonly mode: GatherMode;
  readonly indicesAreSorted: boolean;
  readonly uniqueIndices: boolean;
  readonly updateJaxpr: unknown;
  readonly updateConsts: readonly unknown[];
}
type Combine = ScatterAttrs["combine"];

/** Reads the windows that the updates of a scatter write: the gather with the same dimension numbers. */
function gatherLike(x: Value, indices: Value, updates: ShapedArray, p: ScatterParams): Value {
  const d = p.dimensionNumbers,
    hidden = (i: number): boolean => d.insertedWindowDims.includes(i) || d.operandBatchingDims.includes(i);
  let w = 0;
  const sliceSizes = x.shape.map((_n, i) => (hidden(i) ? 1 : updates.shape[d.updateWindowDims[w++]!]!));
  return bind1(primitiveNamed("gather"), [x, indices], {
    dimensionNumbers: {
      offsetDims: d.updateWindowDims,
      collapsedSliceDims: d.insertedWindowDims,
      startIndexMap: d.scatterDimsToOperandDims,
      operandBatchingDims: d.operandBatchingDims,
      startIndicesBatchingDims: d.scatterIndicesBatchingDims,
    },
    sliceSizes,
    mode: p.mode,
    fillValue: 0,
    indicesAreSorted: p.indicesAreSorted,
    uniqueIndices: p.uniqueIndices,
  });
}

type Rules = { readonly jvp: Primitive<ScatterParams>["jvp"]; readonly transpose: Primitive<ScatterParams>["transpose"] };
function defineScatter(name: string, combine: Combine, rules: (p: () => Primitive<ScatterParams>) => Rules): Primitive<ScatterParams> {
  const p: Primitive<ScatterParams> = definePrimitive<ScatterParams>({
    name,
    multipleResults: false,
    abstract: ([x, indices, updates], { dimensionNumbers: d }) => {
      if (x!.dtype !== updates!.dtype)
        throw new DTypeError(`${name}: the operand is ${x!.dtype}, the updates ${updates!.dtype}; expected equal dtypes`);
      if (indices!.shape.at(-1) !== d.scatterDimsToOperandDims.length)
        throw new ShapeError(
          `${name}: the last axis of the indices ${indices} is ${indices!.shape.at(-1)}, expected ${d.scatterDimsToOperandDims.length}`,
        );
      return [x!.strengthen()];
    },
    ...rules(() => p),
    batch: ([x, i, u], [dx, di, du], params, batch) => {
      const d = params.dimensionNumbers,
        up = (a: readonly number[]): number[] => a.map((v) => v + 1),
        size = batch.size;
      const bx = o.spreadBatch(x!, dx!, size),
        bu = o.spreadBatch(u!, du!, size);
      if (di === null) {
        const dims: ScatterDimensionNumbers = {
          ...d,
          updateWindowDims: [0, ...up(d.updateWindowDims)],
          insertedWindowDims: up(d.insertedWindowDims),
          scatterDimsToOperandDims: up(d.scatterDimsToOperandDims),
          operandBatchingDims: up(d.operandBatchingDims),
        };
        return [[bind1(p, [bx, i!, bu], { ...params, dimensionNumbers: dims })], [0]];
      }
      const dims: ScatterDimensionNumbers = {
        updateWindowDims: up(d.updateWindowDims),
        insertedWindowDims: up(d.insertedWindowDims),
        scatterDimsToOperandDims: up(d.scatterDimsToOperandDims),
        operandBatchingDims: [0, ...up(d.operandBatchingDims)],
        scatterIndicesBatchingDims: [0, ...up(d.scatterIndicesBatchingDims)],
      };
      return [[bind1(p, [bx, o.moveaxis(i!, di!, 0), bu], { ...params, dimensionNumbers: dims })], [0]];
    },
    lower: (g, [x, i, u], { dimensionNumbers: d, mode }, _o, [xa]) => {
      const key = xa!.dtype === "key<fry>";
      return [
        g.node(
          "scatter",
          [x!, i!, u!],
          {
            ...d,
            updateWindowDims: key ? [...d.updateWindowDims, u!.shape.length - 1] : d.updateWindowDims,
            combine: x!.dtype === "bool" && combine !== "set" ? BOOLEAN[combine] : combine,
            mode: mode === "clip" ? "clip" : "drop",
          },
          [x!.type],
        ),
      ];
    },
    printParams: ({ dimensionNumbers: d, mode }) => ({
      mode: MODE_NAMES[mode],
      dimensionNumbers: `ScatterDimensionNumbers(update_window_dims=${showDims(d.updateWindowDims)}, inserted_window_dims=${showDims(d.insertedWindowDims)}, scatter_dims_to_operand_dims=${showDims(d.scatterDimsToOperandDims)}, operand_batching_dims=${showDims(d.operandBatchingDims)}, scatter_indices_batching_dims=${showDims(d.scatterIndicesBatchingDims)})`,
    }),
  });
  return p;
}
/** On booleans: sum and maximum are or, product and minimum are and. */
const BOOLEAN: Readonly<Record<Exclude<Combine, "set">, Exclude<Combine, "set">>> = {
  add: "or",
  max: "or",
  mul: "and",
  min: "and",
  and: "and",
  or: "or",
  xor: "xor",
};

const linearBoth =
  (p: () => Primitive<ScatterParams>): Primitive<ScatterParams>["jvp"] =>
  ([x, i, u], [dx, , du], params) => {
    const out = bind1(p(), [x!, i!, u!], params);
    if (!isInexact(out.dtype) || (isZero(dx) && isZero(du))) return [[out], [new Zero(out.aval)]];
    return [[out], [bind1(p(), [o.instantiate(dx!), i!, o.instantiate(du!)], params)]];
  };
const additiveTranspose =
  (sign: 1 | -1): TransposeRule<ScatterParams> =>
  ([ct], [x, i, u], params) => {
    const back = (): Value => {
      const g = gatherLike(ct as Value, i as Value, (u as Linear).aval, params);
      return sign === 1 ? g : o.neg(g);
    };
    return [isLinear(x) ? ct! : null, null, isLinear(u) ? (isZero(ct) ? new Zero(u.aval) : back()) : null];
  };
export const scatterAdd = defineScatter("scatter-add", "add", (p) => ({ jvp: linearBoth(p), transpose: additiveTranspose(1) }));
export const scatterSub: Primitive<ScatterParams> = definePrimitive<ScatterParams>({
  ...scatterAdd,
  name: "scatter-sub",
  jvp: linearBoth(() => scatterSub),
  transpose: additiveTranspose(-1),
  // Batched, it is a scatter-add of the negated updates.
  batch: (args, dims, params, batch) => (scatterAdd.batch as BatchRule<ScatterParams>)([args[0]!, args[1]!, o.neg(args[2]!)], dims, params, batch),
  lower: (g, [x, i, u], params, out, avals) => (scatterAdd.lower as LowerRule<ScatterParams>)(g, [x!, i!, g.unary("neg", u!)], params, out, avals),
});
/** 1 where an update is the one that stays, 0 where a later one overwrites it. */
function winners(x: Value, i: Value, u: ShapedArray, params: ScatterParams): Value {
  const ids = o.add(o.reshape(o.iota("int32", [u.size], 0), u.shape), o.lit("int32", 1));
  const written = bind1(primitiveNamed("scatter"), [o.full(x.shape, "int32", 0), i, ids], { ...params, uniqueIndices: false });
  return o.eq(gatherLike(written, i, u, params), ids);
}
export const scatter = defineScatter("scatter", "set", (p) => ({
  jvp: linearBoth(p),
  transpose: ([ct], [x, i, u], params) => {
    const ua = isLinear(u) ? u.aval : (u as Value).aval;
    const dx = (): Tangent => (isZero(ct) ? new Zero((x as Linear).aval) : bind1(p(), [ct as Value, i as Value, o.zerosLike(ua)], params));
    const du = (): Tangent => {
      if (isZero(ct)) return new Zero(ua);
      const g = gatherLike(ct as Value, i as Value, ua, params);
      return params.uniqueIndices ? g : o.select(winners(ct as Value, i as Value, ua, params), g, o.zerosLike(ua));
    };
    return [isLinear(x) ? dx() : null, null, isLinear(u) ? du() : null];
  },
}));
/**
 * What each update's element is multiplied with: everything else that reaches its place. With repeated indices that is the product of the place over
 * the update itself, where exactly this update is zero the product of the others, and zero beside another zero.
 */
function cofactors(x: Value, i: Value, u: Value, params: ScatterParams): Value {
  const read = (v: Value): Value => gatherLike(v, i, u.aval, params);
  if (params.uniqueIndices) return read(x);
  const zero = o.eq(u, o.like(u, 0)),
    safe = o.select(zero, o.full(u.shape, u.dtype, 1), u),
    isZeroUpdate = o.convert(zero, "float32"),
    zeros = bind1(scatterAdd, [o.full(x.shape, "float32", 0), i, isZeroUpdate], params),
    othersAreZero = o.gt(read(zeros), isZeroUpdate),
    rest = o.div(read(bind1(scatterMul, [x, i, safe], params)), safe);
  return o.select(othersAreZero, o.zerosLike(rest.aval), rest);
}
export const scatterMul: Primitive<ScatterParams> = defineScatter("scatter-mul", "mul", (p) => ({
  jvp: ([x, i, u], [dx, , du], params) => {
    const out = bind1(p(), [x!, i!, u!], params),
      zero = new Zero(out.aval);
    if (!isInexact(out.dtype)) return [[out], [zero]];
    const left: Tangent = isZero(dx!) ? zero : bind1(p(), [dx!, i!, u!], params);
    const right: Tangent = isZero(du!) ? zero : bind1(scatterAdd, [o.zerosLike(x!.aval), i!, o.mul(du!, cofactors(x!, i!, u!, params))], params);
    return [[out], [o.addTangents(left, right)]];
  },
  transpose: ([ct], [x, i, u], params) => [
    isLinear(x) ? (isZero(ct) ? ct : bind1(p(), [ct as Value, i as Value, u as Value], params)) : null,
    null,
    null,
  ],
}));
/** Ties share the tangent equally among the operand's element and the updates that reached it, as in JAX. */
const extremal = (p: () => Primitive<ScatterParams>): Rules => ({
  jvp: ([x, i, u], [dx, , du], params) => {
    const out = bind1(p(), [x!, i!, u!], params);
    if (!isInexact(out.dtype) || (isZero(dx) && isZero(du))) return [[out], [new Zero(out.aval)]];
    const kept = o.convert(o.eq(x!, out), out.dtype),
      hit = o.convert(o.eq(gatherLike(out, i!, u!.aval, params), u!), out.dtype);
    const count = bind1(scatterAdd, [kept, i!, hit], params);
    const total = bind1(scatterAdd, [o.mul(o.instantiate(dx!), kept), i!, o.mul(o.instantiate(du!), hit)], params);
    return [[out], [o.div(total, count)]];
  },
  transpose: notLinear,
});
export const scatterMax = defineScatter("scatter-max", "max", extremal);
export const scatterMin = defineScatter("scatter-min", "min", extremal);
