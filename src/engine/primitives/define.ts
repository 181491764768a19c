// The few shapes that most primitives have, so that a primitive reads as its rules and nothing else.
import { type Shape, ShapedArray, sameShape } from "../core/aval.ts";
import { type DType, type Kind, isInexact, kindOf } from "../core/dtypes.ts";
import { DTypeError, ShapeError } from "../core/errors.ts";
import {
  type Absent,
  type Batch,
  type BatchDim,
  type BatchRule,
  type JvpRule,
  type LowerRule,
  type Primitive,
  type Tangent,
  type TransposeRule,
  Zero,
  absent,
  definePrimitive,
  isLinear,
  isZero,
  type Linear,
} from "../core/primitive.ts";
import type { GraphBuilder, Node } from "../graph/graph.ts";
import { bind1 } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { addTangents, broadcastInDim, expandDims, moveaxis, unbroadcast } from "./ops.ts";

export type NoParams = Readonly<Record<never, never>>;
export const notLinear: Absent = absent("it is not linear in its input");
export const noTangent: Absent = absent("it has no derivative");

export const numeric: readonly Kind[] = ["b", "i", "u", "f", "c"],
  inexact: readonly Kind[] = ["f", "c"],
  floating: readonly Kind[] = ["f"],
  integral: readonly Kind[] = ["i", "u"],
  bits: readonly Kind[] = ["b", "i", "u"];
const KIND_NAMES: Readonly<Record<Kind, string>> = {
  b: "bool",
  i: "signed integer",
  u: "unsigned integer",
  f: "floating",
  c: "complex",
  k: "random key",
  "0": "float0",
};
export function checkKinds(name: string, kinds: readonly Kind[], a: ShapedArray, which: string): void {
  if (!kinds.includes(kindOf(a.dtype)))
    throw new DTypeError(
      `${name}: ${which} has dtype ${a.dtype}, expected ${kinds.map((k) => KIND_NAMES[k]).join(" or ")}; convert it with x.astype(…)`,
    );
}

/** The common shape of elementwise operands: equal, scalar, or of equal rank with 1 where they differ. */
export function elementwiseShape(name: string, avals: readonly ShapedArray[]): Shape {
  let shape: Shape = [];
  for (const a of avals) {
    if (a.ndim === 0) continue;
    if (shape.length && (shape.length !== a.ndim || a.shape.some((n, i) => n !== shape[i] && n !== 1 && shape[i] !== 1)))
      throw new ShapeError(
        `${name}: the operands have shapes ${avals.map((v) => `[${v.shape.join()}]`).join(" and ")}, expected equal shapes (or scalars); broadcast one of them, or use numpy.* which broadcasts`,
      );
    shape = shape.length ? shape.map((n, i) => (n === 1 ? a.shape[i]! : n)) : a.shape;
  }
  return shape;
}
/** Spreads a value over the common shape. */
const spreadTo = (v: Value, shape: Shape): Value =>
  sameShape(v.shape, shape) ? v : broadcastInDim(v, shape, v.ndim === 0 ? [] : shape.map((_n, i) => i));
/** Moves the batch axis of every operand to the front; operands of lower rank get new axes behind it. */
export function alignBatch(args: readonly Value[], dims: readonly BatchDim[], scalarsStay = true): Value[] {
  const rank = Math.max(...args.map((a, i) => a.ndim - (dims[i] === null ? 0 : 1)));
  return args.map((a, i) => {
    const d = dims[i]!;
    if (d === null) return a.ndim === 0 && scalarsStay ? a : a.ndim === rank ? expandDims(a, 0) : a;
    const front = moveaxis(a, d, 0),
      missing = rank - (a.ndim - 1);
    return missing > 0
      ? broadcastInDim(
          front,
          [...front.shape, ...Array<number>(missing).fill(1)],
          front.shape.map((_n, k) => k),
        )
      : front;
  });
}
/** Batching of anything elementwise: one batch axis for all. */
export function batchElementwise<P extends object>(p: () => Primitive<P>): BatchRule<P> {
  return (args, dims, params, batch) => {
    const sameDim = dims.every((d, i) => d === dims[0] && args[i]!.ndim === args[0]!.ndim) ? dims[0]! : null;
    if (sameDim !== null) return [[bind1(p(), args, params)], [sameDim]];
    // Operands without a batch axis must still match in shape: spread them.
    const aligned = alignBatch(args, dims),
      shape = [
        batch.size,
        ...elementwiseShape(
          "vmap",
          args.map((a, i) => (dims[i] === null ? a.aval : a.aval.withShape(a.shape.filter((_n, k) => k !== dims[i])))),
        ),
      ];
    const spread = aligned.map((a) =>
      a.ndim === 0
        ? a
        : sameShape(a.shape, shape)
          ? a
          : broadcastInDim(
              a,
              shape,
              shape.map((_n, i) => i),
            ),
    );
    return [[bind1(p(), spread, params)], [0]];
  };
}
/** Batching by moving the batch axis to the front and shifting the axis parameters by one. */
export function batchFront<P extends object>(p: () => Primitive<P>, shift: (params: P, args: readonly Value[], batch: Batch) => P): BatchRule<P> {
  return (args, dims, params, batch) => [[bind1(p(), [moveaxis(args[0]!, dims[0]!, 0), ...args.slice(1)], shift(params, args, batch))], [0]];
}

interface UnarySpec {
  readonly dtypes: readonly Kind[];
  /** The tangent, from the input, its tangent and the output; "zero" where the derivative vanishes. */
  readonly jvp: "zero" | ((v: { x: Value; dx: Value; out: Value }) => Value);
  readonly lower: (g: GraphBuilder, x: Node) => Node;
  readonly out?: (d: DType) => DType;
  /** For linear ones: the cotangent of the input. */
  readonly transpose?: (ct: Value, x: ShapedArray) => Value;
}
/** The operands, as many as there must be: programs that are read from text may have others. */
function exactly(name: string, xs: readonly ShapedArray[], n: number): readonly ShapedArray[] {
  if (xs.length !== n) throw new ShapeError(`${name}: got ${xs.length} operands, expected ${n}`);
  return xs;
}
/** An elementwise primitive of one operand. */
export function unary(name: string, spec: UnarySpec): Primitive<NoParams> {
  const p: Primitive<NoParams> = definePrimitive<NoParams>({
    name,
    multipleResults: false,
    abstract: (xs) => {
      const [x] = exactly(name, xs, 1);
      checkKinds(name, spec.dtypes, x!, "the operand");
      const d = spec.out?.(x!.dtype) ?? x!.dtype;
      return [new ShapedArray(x!.shape, d, x!.weakType && kindOf(d) !== "b")];
    },
    jvp: ([x], [dx]) => {
      const out = bind1(p, [x!], {});
      return [[out], [spec.jvp === "zero" || isZero(dx) ? new Zero(out.aval.strengthen()) : spec.jvp({ x: x!, dx: dx as Value, out })]];
    },
    transpose: spec.transpose
      ? ([ct], [x]) => [isZero(ct) ? new Zero((x as Linear).aval) : spec.transpose!(ct as Value, (x as Linear).aval)]
      : notLinear,
    batch: (args, dims) => [[bind1(p, args, {})], [dims[0]!]],
    lower: (g, [x]) => [spec.lower(g, x!)],
  });
  return p;
}

/** What a binary rule gets: both operands, the result, and the tangent that arrived for one of them. */
interface BinaryJvp {
  readonly x: Value;
  readonly y: Value;
  readonly out: Value;
  readonly t: Value;
}
interface BinarySpec {
  readonly dtypes: readonly Kind[];
  /** Where the second operand may have another dtype than the first: the kinds it may have. */
  readonly secondDtypes?: readonly Kind[];
  readonly jvp: "zero" | readonly [((v: BinaryJvp) => Value) | null, ((v: BinaryJvp) => Value) | null];
  readonly lower: (g: GraphBuilder, x: Node, y: Node) => Node;
  readonly out?: (d: DType) => DType;
  readonly transpose?: TransposeRule<NoParams>;
}
/** An elementwise primitive of two operands of one dtype; a scalar operand is spread over the other. */
export function binary(name: string, spec: BinarySpec): Primitive<NoParams> {
  const p: Primitive<NoParams> = definePrimitive<NoParams>({
    name,
    multipleResults: false,
    abstract: (xs) => {
      const [x, y] = exactly(name, xs, 2);
      checkKinds(name, spec.dtypes, x!, "the first operand");
      if (spec.secondDtypes) checkKinds(name, spec.secondDtypes, y!, "the second operand");
      if (x!.dtype !== y!.dtype && !(spec.secondDtypes && !isInexact(y!.dtype)))
        throw new DTypeError(
          `${name}: the operands have dtypes ${x!.dtype} and ${y!.dtype}, expected equal ones; convert one with astype, or use numpy.* which promotes`,
        );
      const d = spec.out?.(x!.dtype) ?? x!.dtype;
      return [new ShapedArray(elementwiseShape(name, [x!, y!]), d, x!.weakType && y!.weakType && kindOf(d) !== "b")];
    },
    jvp: ([x, y], [dx, dy]) => {
      const out = bind1(p, [x!, y!], {}),
        zero: Tangent = new Zero(out.aval.strengthen());
      if (spec.jvp === "zero" || !isInexact(out.dtype)) return [[out], [zero]];
      const [fx, fy] = spec.jvp,
        full = (t: Value): Value => spreadTo(t, out.shape);
      const tx = isZero(dx) || !fx ? zero : full(fx({ x: x!, y: y!, out, t: dx as Value })),
        ty = isZero(dy) || !fy ? zero : full(fy({ x: x!, y: y!, out, t: dy as Value }));
      return [[out], [addTangents(tx, ty)]];
    },
    transpose: spec.transpose ?? notLinear,
    batch: batchElementwise(() => p),
    lower: (g, [x, y]) => {
      const [a, b] = spreadNodes(g, [x!, y!]);
      return [spec.lower(g, a!, b!)];
    },
  });
  return p;
}
/** Spreads nodes over their common shape: scalars, and dimensions of size 1. */
export function spreadNodes(g: GraphBuilder, xs: readonly Node[]): Node[] {
  const shape = elementwiseShape(
    "operands",
    xs.map((x) => new ShapedArray(x.shape, x.dtype)),
  );
  return xs.map((x) => (sameShape(x.shape, shape) ? x : g.broadcast(x, shape, x.shape.length === 0 ? [] : shape.map((_n, i) => i))));
}
/** The cotangents of a linear binary operation: `f` for the operand that is linear. */
export const linearIn =
  (i: 0 | 1, f: (ct: Value, other: Value) => Value): TransposeRule<NoParams> =>
  ([ct], args) =>
    args.map((a, k) => (k === i && isLinear(a) ? (isZero(ct) ? new Zero(a.aval) : unbroadcast(f(ct as Value, args[1 - i] as Value), a.aval)) : null));

/** A primitive of one array operand that is linear in it: tangents go through the primitive itself. */
export interface StructuralSpec<P extends object> {
  readonly name: string;
  readonly abstract: (x: ShapedArray, params: P) => ShapedArray;
  readonly transpose: (ct: Value, x: ShapedArray, params: P) => Value;
  readonly batch: BatchRule<P>;
  readonly lower: LowerRule<P>;
  readonly printParams?: Primitive<P>["printParams"];
}
export function structural<P extends object>(spec: StructuralSpec<P>): Primitive<P> {
  const p: Primitive<P> = definePrimitive<P>({
    name: spec.name,
    multipleResults: false,
    abstract: (xs, params) => [spec.abstract(exactly(spec.name, xs, 1)[0]!, params)],
    jvp: linearJvp(() => p),
    transpose: ([ct], [x], params) => [isZero(ct) ? new Zero((x as Linear).aval) : spec.transpose(ct as Value, (x as Linear).aval, params)],
    batch: spec.batch,
    lower: spec.lower,
    ...(spec.printParams ? { printParams: spec.printParams } : {}),
  });
  return p;
}
export function linearJvp<P extends object>(p: () => Primitive<P>): JvpRule<P> {
  return ([x], [dx], params) => {
    const out = bind1(p(), [x!], params);
    return [[out], [isZero(dx) ? new Zero(out.aval.strengthen()) : bind1(p(), [dx as Value], params)]];
  };
}
/** A derivative that is zero whatever comes in. */
export function zeroJvp<P extends object>(p: () => Primitive<P>): JvpRule<P> {
  return (args, _t, params) => {
    const out = bind1(p(), args, params);
    return [[out], [new Zero(out.aval.strengthen())]];
  };
}
