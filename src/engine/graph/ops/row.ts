// What a row of the operation table says. Everything that is known of an operation without running a compiler stands in its row: tables of
// names, costs, kinds and colours are derived from it.
import { type Shape, sameShape, sizeOf } from "../../core/aval.ts";
import { type DType, type Kind, kindOf } from "../../core/dtypes.ts";
import type { Graph, TensorType } from "../graph.ts";

/** How the compiler treats an operation. */
export type OpKind =
  /** Each element of the result from the elements at the same place. */
  | "elementwise"
  /** Elements at other places, unchanged. */
  | "movement"
  | "reduction"
  | "contraction"
  /** Runs graphs of its own: loops, branches. */
  | "control"
  /** A routine of the run-time library. */
  | "library"
  /** Calls back into the user's JavaScript. */
  | "callback"
  /** Has no operands: parameters, constants, counters. */
  | "source"
  /** Says something of the graph and computes nothing: a result of several, a barrier. */
  | "structure";
/** How views colour an operation. */
export type Category = "input" | "elementwise" | "movement" | "reduction" | "contraction" | "control" | "library" | "callback";

/** A graph that breaks the rules of its operations: an error of the engine, or of a text that was read. */
export class GraphError extends Error {}

export type Complex = readonly [number, number];
/** The meaning of a scalar operation, a form for each kind of element. Results are rounded to the result's type by the caller. */
export interface ScalarForms {
  /** Floating types, in double precision. */
  readonly real?: (x: number, y: number, d: DType) => number | Complex;
  /** Booleans (0, 1) and integers of at most 32 bits. */
  readonly int?: (x: number, y: number, d: DType) => number;
  /** 64-bit integers. */
  readonly long?: (x: bigint, y: bigint, d: DType) => bigint;
  readonly complex?: (x: Complex, y: Complex, d: DType) => number | Complex;
}
/** What a scalar operation needs in its row. */
export interface ScalarSpec extends ScalarForms {
  /** Its name in StableHLO (or CHLO), where it has one; else our own. */
  readonly stablehlo: string;
  /** Kinds of element it is defined for. */
  readonly kinds: readonly Kind[];
  /** The result's type, where it is not the operands'. */
  readonly out?: (d: DType) => DType;
  /** Scalar operations of one evaluation; polynomials count their multiplications and additions. */
  readonly flops: number;
  /** Counted apart by profilers: no processor has one instruction for it. */
  readonly transcendental?: boolean;
  /** Exact after rounding, so that the compiler may compute it on constants without changing a result. */
  readonly folds?: boolean;
}

/** An operation applied: what rows know of a node. */
export interface Applied<A> extends TensorType {
  readonly inputs: readonly TensorType[];
  readonly attrs: A;
}
/** The row of an operation with attributes `A`. Method syntax, so that a row of one operation is a row of any. */
export interface Row<A = object> {
  readonly kind: OpKind;
  readonly category: Category;
  readonly stablehlo: string;
  /** Number of operands; null: any. */
  readonly arity: number | null;
  /** Names of the attributes in text. */
  readonly attributes: { readonly [K in keyof A]: string };
  readonly flops: number;
  readonly transcendental: boolean;
  readonly folds: boolean;
  readonly scalar: ScalarForms | null;
  /**
   * The types of the results. `given` are the types that the node claims: what the operands leave open (a broadcast's shape, a conversion's
   * type) is read from there and checked. Throws GraphError where operands, attributes and `given` do not go together.
   */
  infer(inputs: readonly TensorType[], attrs: A, given: readonly TensorType[]): readonly TensorType[];
  /** Floating-point operations, each transcendental function counted as one, as profilers do. */
  work(n: Applied<A>): number;
  /** The graphs inside a node. */
  regions(attrs: A): readonly Graph[];
}
export const elements = (t: TensorType): number => sizeOf(t.shape);
export type NoAttrs = Readonly<Record<never, never>>;

export const show = (t: TensorType): string => `${t.dtype}[${t.shape.join()}]`;
export function need(holds: boolean, message: () => string): void {
  if (!holds) throw new GraphError(message());
}
export const sameType = (a: TensorType, b: TensorType): boolean => a.dtype === b.dtype && sameShape(a.shape, b.shape);
export const typed = (shape: Shape, dtype: DType): TensorType => ({ shape, dtype });
/** Every entry is an axis of `rank`, none twice. */
export function needAxes(axes: readonly number[], rank: number, what: string): void {
  need(
    axes.every((a) => Number.isInteger(a) && a >= 0 && a < rank) && new Set(axes).size === axes.length,
    () => `${what} are [${axes.join()}], expected different axes of rank ${rank}`,
  );
}
export function needLength(list: readonly unknown[], rank: number, what: string): void {
  need(list.length === rank, () => `${what} has ${list.length} entries, expected ${rank}`);
}

/** A row of a scalar operation of one or two operands of one type. */
export function scalarRow(arity: 1 | 2, spec: ScalarSpec): Row<NoAttrs> {
  const { stablehlo, kinds, out = (d): DType => d, flops, transcendental = false, folds = false, real, int, long, complex } = spec;
  return {
    kind: "elementwise",
    category: "elementwise",
    stablehlo,
    arity,
    attributes: {},
    flops,
    transcendental,
    folds,
    // With exactOptionalPropertyTypes off, absent forms may be listed.
    scalar: { real, int, long, complex } as ScalarForms,
    infer: ([x, y]) => {
      need(kinds.includes(kindOf(x!.dtype)), () => `${stablehlo} is not defined for ${x!.dtype}`);
      need(!y || sameType(x!, y), () => `${stablehlo}: the operands are ${show(x!)} and ${show(y!)}, expected equal types`);
      return [typed(x!.shape, out(x!.dtype))];
    },
    work: (n) => (flops > 0 ? elements(n) : 0),
    regions: () => [],
  };
}
