// The options of functions that make arrays and change their shapes, under NumPy's names in camelCase.
import type { ArrayLike } from "./convert.ts";
import type { AxisOptions, DTypeLike, FlatAxisOptions, PadWidth } from "./options.ts";

/** ravel. */
export interface RavelOptions {
  /** The order in which elements are read: "C" (the last axis fastest, the default) or "F" (the first). */
  readonly order?: string;
}
/** indices. */
export interface IndicesOptions {
  /** The dtype of the result; int32 by default. */
  readonly dtype?: DTypeLike | null;
  /** One array an axis, of size 1 along the others. */
  readonly sparse?: boolean;
}
/** pad. */
export interface PadOptions {
  /** What is put around: "constant" (the default), "edge", "reflect", "symmetric", "wrap", "linear_ramp", "maximum", "minimum", "mean", "empty". */
  readonly mode?: string;
  /** The value of mode "constant". Default 0. */
  readonly constantValues?: PadWidth | ArrayLike;
  /** The last value of mode "linear_ramp". Default 0. */
  readonly endValues?: PadWidth;
  /** "even" or "odd", for "reflect" and "symmetric". */
  readonly reflectType?: string;
  /** How many elements at the edge "maximum", "minimum" and "mean" look at. */
  readonly statLength?: PadWidth | null;
}
/** reshape and ravel. */
export interface ReshapeOptions {
  /** The order in which elements are read and put: "C" (the last axis fastest, the default) or "F" (the first). */
  readonly order?: string;
  /** Has no effect: arrays are immutable. */
  readonly copy?: boolean | null;
}
/** arange. */
export interface ArangeOptions {
  /** The end, which is not reached. */
  readonly stop?: number | null;
  /** The step. Default 1. */
  readonly step?: number | null;
  /** The dtype of the result. */
  readonly dtype?: DTypeLike;
}
/** Values between two ends. */
export interface GridOptions extends AxisOptions {
  /** How many values. Default 50. */
  readonly num?: number;
  /** Whether the last value is the end. Default true. */
  readonly endpoint?: boolean;
  /** The dtype of the result. */
  readonly dtype?: DTypeLike;
}
/** linspace. */
export interface LinspaceOptions extends GridOptions {
  /** Gives `[values, step]`. */
  readonly retstep?: boolean;
}
/** logspace. */
export interface LogspaceOptions extends GridOptions {
  /** The base of the powers. Default 10. */
  readonly base?: number;
}
/** eye and tri. */
export interface MatrixOptions extends DiagonalIndexOptions {
  /** The number of columns; by default that of rows. */
  readonly M?: number | null;
  /** The dtype of the result. */
  readonly dtype?: DTypeLike;
}
/** meshgrid. */
export interface MeshgridOptions {
  /** Leaves the other axes at size 1. */
  readonly sparse?: boolean;
  /** "xy" (the default) puts the second array along rows, "ij" keeps the order. */
  readonly indexing?: "xy" | "ij";
  /** Has no effect: arrays are immutable. */
  readonly copy?: boolean;
}
/** transpose. */
export interface TransposeOptions {
  /** The order of the axes; by default reversed. */
  readonly axes?: readonly number[] | null;
}
/** concatenate. */
export interface JoinOptions {
  /** The axis along which arrays are joined; null joins them flattened. Default 0. */
  readonly axis?: number | null;
  /** The dtype of the result. */
  readonly dtype?: DTypeLike;
}
/** stack. */
export interface StackOptions extends AxisOptions {
  /** The dtype of the result. */
  readonly dtype?: DTypeLike;
  /** Not supported: arrays are immutable. Only null is accepted. */
  readonly out?: null;
}
/** repeat. */
export interface RepeatOptions extends FlatAxisOptions {
  /** A static length of the result, which a traced program needs. */
  readonly totalRepeatLength?: number | null;
}
/** rot90. */
export interface Rot90Options {
  /** How many quarter turns. Default 1. */
  readonly k?: number;
  /** The plane of the rotation. Default [0, 1]. */
  readonly axes?: readonly [number, number];
}
/** diagonal. */
export interface DiagonalOptions {
  /** The diagonal: 0 is the main one, positive ones lie above it. */
  readonly offset?: number;
  /** The first axis of the matrices. Default 0. */
  readonly axis1?: number;
  /** The second axis of the matrices. Default 1. */
  readonly axis2?: number;
}
/** trace. */
export interface TraceOptions extends DiagonalOptions {
  /** The dtype of the result. */
  readonly dtype?: DTypeLike;
  /** Not supported: arrays are immutable. Only null is accepted. */
  readonly out?: null;
}
/** linspace that gives the step as well. */
export interface LinspaceStepOptions extends LinspaceOptions {
  readonly retstep: true;
}
/** One diagonal of a matrix. */
export interface DiagonalIndexOptions {
  /** The diagonal: 0 is the main one, positive ones lie above it. */
  readonly k?: number;
}
/** trilIndices and triuIndices. */
export interface TriangleIndicesOptions extends DiagonalIndexOptions {
  /** The number of columns; by default that of rows. */
  readonly m?: number | null;
}
