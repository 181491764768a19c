// What a primitive is: a name and ALL its rules. A rule that JAX has no counterpart for is stated as absent, with a reason, never forgotten.
import type { ShapedArray } from "./aval.ts";
import type { ClosedJaxpr } from "./jaxpr.ts";
import type { GraphBuilder, Node } from "../graph/graph.ts";
import type { Value } from "./value.ts";

export type Params = Readonly<Record<string, unknown>>;

/** The tangent or cotangent that is known to be zero, of a given type: never materialized. */
export class Zero {
  /** Keeps the type checker from taking a Value, which has an aval too, for a Zero. */
  declare private readonly brand: "zero";
  constructor(readonly aval: ShapedArray) {}
}
export const isZero = (x: unknown): x is Zero => x instanceof Zero;
export const allZero = (ts: readonly Tangent[]): boolean => ts.every((t) => isZero(t));
/** In a transpose rule: the linear input, of which only the type is known. */
export class Linear {
  declare private readonly brand: "linear";
  constructor(readonly aval: ShapedArray) {}
}
export const isLinear = (x: unknown): x is Linear => x instanceof Linear;

export type Tangent = Value | Zero;
/** An axis that is mapped, or null for a value that is not. */
export type BatchDim = number | null;
/** States that a primitive has no such rule, and why. */
export interface Absent {
  readonly absent: string;
}
export const absent = (why: string): Absent => ({ absent: why });
export const isAbsent = (r: unknown): r is Absent => typeof r === "object" && r !== null && "absent" in r;

/** Outputs and their tangents. */
export type JvpRule<P> = {
  bivarianceHack(primals: readonly Value[], tangents: readonly Tangent[], params: P): [readonly Value[], readonly Tangent[]];
}["bivarianceHack"];
/** Cotangents of the linear inputs (null for the others), from the cotangents of the outputs. */
export type TransposeRule<P> = {
  bivarianceHack(cotangents: readonly Tangent[], args: readonly (Value | Linear)[], params: P): readonly (Tangent | null)[];
}["bivarianceHack"];
export interface Batch {
  readonly size: number;
  readonly axisName: string | null;
}
export type BatchRule<P> = {
  bivarianceHack(args: readonly Value[], dims: readonly BatchDim[], params: P, batch: Batch): [readonly Value[], readonly BatchDim[]];
}["bivarianceHack"];
export type AbstractRule<P> = { bivarianceHack(avals: readonly ShapedArray[], params: P): readonly ShapedArray[] }["bivarianceHack"];
export type LowerRule<P> = {
  bivarianceHack(
    g: GraphBuilder,
    inputs: readonly Node[],
    params: P,
    outAvals: readonly ShapedArray[],
    inAvals: readonly ShapedArray[],
  ): readonly Node[];
}["bivarianceHack"];
/** Runs the primitive on concrete arrays without compiling it: for calls, callbacks and printing. */
export type ImplRule<P> = { bivarianceHack(args: readonly Value[], params: P): readonly Value[] }["bivarianceHack"];

/** How a primitive that holds programs runs them: what tools ask, instead of knowing primitives by their names. */
export interface Calls<P extends object> {
  /** "once": one program on the operands as they are; "branches": one of several; "loop": a body again and again; "parts": pieces of a larger rule. */
  readonly how: "once" | "branches" | "loop" | "parts";
  /** The parameters that hold the programs. */
  readonly programs: readonly (keyof P & string)[];
  /** Nothing is lost when the call is replaced by its program's equations: it stands for no more than they do. */
  readonly transparent?: boolean;
  /** In jaxpr text its name comes before the other parameters. */
  readonly nameFirst?: boolean;
  /** In jaxpr text the program's inputs and results have the names that they have outside. */
  readonly sharesNames?: boolean;
  /** Of a loop: goes through its turns on concrete operands, one by one, for tools that look at what each of them computes. */
  readonly turns?: TurnsRule<P>;
}
/** Gives the results of a program of the loop; null: enough was seen, the rule ends. */
export type RunTurn = (program: ClosedJaxpr, args: readonly Value[]) => readonly Value[] | null;
export type TurnsRule<P> = { bivarianceHack(args: readonly Value[], params: P, run: RunTurn): void }["bivarianceHack"];

export interface Primitive<P extends object = Params> {
  readonly name: string;
  readonly multipleResults: boolean;
  readonly abstract: AbstractRule<P>;
  readonly jvp: JvpRule<P> | Absent;
  readonly transpose: TransposeRule<P> | Absent;
  readonly batch: BatchRule<P> | Absent;
  readonly lower: LowerRule<P> | Absent;
  /** How a parameter prints in jaxpr text; null leaves it out. The default prints it as Python would. */
  readonly printParams?: (params: P) => Readonly<Record<string, string | null>>;
  readonly impl?: ImplRule<P>;
  /** For primitives that hold programs. */
  readonly calls?: Calls<P>;
  /** Parameters that only transformations read: the computation does not depend on them. */
  readonly forTransforms?: readonly (keyof P & string)[];
  /** Has an effect, so that dead-code elimination keeps it. */
  readonly effectful?: boolean;
}

const registry = new Map<string, Primitive>();
export function definePrimitive<P extends object>(p: Primitive<P>): Primitive<P> {
  if (registry.has(p.name)) throw new Error(`primitive ${p.name} is defined twice`);
  registry.set(p.name, p as unknown as Primitive);
  return p;
}
/** The primitive of this name. Throws TypeError where there is none. */
export function primitiveNamed(name: string): Primitive {
  const p = registry.get(name);
  if (!p) throw new TypeError(`there is no primitive "${name}"`);
  return p;
}
/** The primitive of this name, or undefined. */
export const findPrimitive = (name: string): Primitive | undefined => registry.get(name);
/** Every primitive that is defined. */
export const allPrimitives = (): readonly Primitive[] => [...registry.values()];
