// What the functions of reinforcement learning ask of their arguments. They are of one time step, or of one sequence of them: a batch is vmap's business.
import { type DType, isFloat, isInteger } from "../core/dtypes.ts";
import { ArgumentError, DTypeError, ShapeError } from "../core/errors.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import { Value } from "../core/value.ts";
import { asArray } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { stopGradient } from "../lax/elementwise.ts";

type Kind = "float" | "int";
/** An argument with what it must be: floats or integers, of one of some ranks (null: of any). */
interface Wanted {
  readonly x: ArrayLike;
  readonly kind: Kind;
  readonly ranks: readonly number[] | null;
}
/** One number. */
export const scalar = (x: ArrayLike): Wanted => ({ x, kind: "float", ranks: [0] });
/** A sequence of numbers, or a number for each action. */
export const vector = (x: ArrayLike): Wanted => ({ x, kind: "float", ranks: [1] });
/** A row of numbers for each time step. */
export const matrix = (x: ArrayLike): Wanted => ({ x, kind: "float", ranks: [2] });
/** One number for all time steps, or one for each. */
export const scalarOrVector = (x: ArrayLike): Wanted => ({ x, kind: "float", ranks: [0, 1] });
/** Floats of any shape, or of a rank that is said. */
export const float = (x: ArrayLike, rank?: number): Wanted => ({ x, kind: "float", ranks: rank === undefined ? null : [rank] });
/** One action, by its index. */
export const index = (x: ArrayLike): Wanted => ({ x, kind: "int", ranks: [0] });
/** An action for each time step. */
export const indices = (x: ArrayLike): Wanted => ({ x, kind: "int", ranks: [1] });
/** Integers of any shape, or of a rank that is said. */
export const integer = (x: ArrayLike, rank?: number): Wanted => ({ x, kind: "int", ranks: rank === undefined ? null : [rank] });

const RANKS = ["a scalar", "one axis", "two axes", "three axes", "four axes"];
const whole = (x: unknown): boolean => (Array.isArray(x) ? x.every(whole) : typeof x === "number" ? Number.isInteger(x) : typeof x === "bigint");
/** JavaScript's numbers are floats: whole ones stand for integers where integers are asked for. */
const converted = (fn: string, name: string, { x, kind }: Wanted): Value =>
  kind === "int" && !(x instanceof Value) && !ArrayBuffer.isView(x) && whole(x) ? np.asarray(x, { dtype: "int32" }) : asArray(x, fn, name);

/** The arguments as arrays; DTypeError or ShapeError for the first that is not what it must be. */
export function checked<N extends string>(fn: string, wanted: Readonly<Record<N, Wanted>>): Record<N, Value> {
  const out: Partial<Record<N, Value>> = {};
  for (const name of Object.keys(wanted) as N[]) {
    const want = wanted[name],
      v = converted(`rl.${fn}`, name, want);
    checkKind(fn, name, v, want.kind);
    if (want.ranks && !want.ranks.includes(v.ndim)) {
      const batched = want.ranks.includes(v.ndim - 1) ? `. For a batch: vmap(rl.${fn})(…)` : "";
      throw new ShapeError(`rl.${fn}: ${name} is ${v.aval}, expected ${want.ranks.map((r) => RANKS[r]).join(" or ")}${batched}`);
    }
    out[name] = v;
  }
  return out as Record<N, Value>;
}
const holds = (kind: Kind, dtype: DType): boolean => (kind === "float" ? isFloat(dtype) : isInteger(dtype));
function checkKind(fn: string, name: string, v: Value, kind: Kind): void {
  if (holds(kind, v.dtype)) return;
  const [expected, to] = kind === "float" ? ["floating point numbers", "float32"] : ["integers", "int32"];
  throw new DTypeError(`rl.${fn}: ${name} is ${v.aval}, expected ${expected}. Instead: ${name}.astype("${to}")`);
}
/** One array of floating point numbers, of any shape. */
export const floats = (fn: string, name: string, x: ArrayLike): Value => checked(fn, { [name]: float(x) })[name]!;

/** ShapeError where arrays that go together have different shapes. */
export function sameShape(fn: string, arrays: Readonly<Record<string, Value>>): void {
  const [[first, a], ...rest] = Object.entries(arrays) as [[string, Value], ...[string, Value][]];
  for (const [name, b] of rest)
    if (a.shape.join() !== b.shape.join())
      throw new ShapeError(`rl.${fn}: ${first} and ${name} have one shape, got [${a.shape.join()}] and [${b.shape.join()}]`);
}
/** ArgumentError where a number that is no array lies outside its bounds. */
export function between(fn: string, name: string, value: number, above: number, upTo: number): void {
  if (!(value > above && value <= upTo)) throw new ArgumentError(`rl.${fn}: ${name} is ${value}, expected more than ${above} and at most ${upTo}`);
}

/** Options of errors against targets. */
export interface TargetOptions {
  /** Whether targets count as constants where the function is differentiated. */
  readonly stopTargetGradients?: boolean;
}
/** The target as a constant, unless gradients are to flow through it. */
export const held = (target: Value, stop: boolean): Value => (stop ? stopGradient(target) : target);
