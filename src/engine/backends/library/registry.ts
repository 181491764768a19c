// Routines of the run-time library: what is not a loop nest (sorting, factorizations, FFT). They work on views of the heap.
import { sizeOf } from "../../core/aval.ts";
import { type DType, type TypedArray, isComplex, isHalf } from "../../core/dtypes.ts";
import { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from "../../core/half.ts";
import type { TensorType } from "../../graph/graph.ts";

/** An operand or result: its type and its elements as stored. */
export interface Tensor {
  readonly type: TensorType;
  readonly data: TypedArray;
}
export interface Call {
  readonly ins: readonly Tensor[];
  readonly outs: readonly Tensor[];
  readonly params: Readonly<Record<string, unknown>>;
}
export type Routine = (c: Call) => void;

const routines = new Map<string, Routine>();
export const defineRoutine = (name: string, r: Routine): void => void routines.set(name, r);
export function routine(name: string): Routine {
  const r = routines.get(name);
  if (!r) throw new Error(`the run-time library has no routine ${name}`);
  return r;
}

/** The elements as f64 (complex ones interleaved), whatever their type. */
export function toFloat64(t: Tensor): Float64Array {
  const { dtype } = t.type;
  if (dtype === "bfloat16") return Float64Array.from(t.data as Uint16Array, bfloat16ToNumber);
  if (dtype === "float16") return Float64Array.from(t.data as Uint16Array, float16ToNumber);
  return Float64Array.from(t.data as Float32Array, Number);
}
export function fromFloat64(t: Tensor, values: ArrayLike<number>): void {
  const { dtype } = t.type,
    out = t.data as Float32Array;
  if (isHalf(dtype)) {
    const f = dtype === "bfloat16" ? numberToBfloat16 : numberToFloat16;
    for (let i = 0; i < out.length; i++) out[i] = f(values[i]!);
  } else if (dtype === "int64" || dtype === "uint64")
    for (let i = 0; i < out.length; i++) (t.data as BigInt64Array)[i] = BigInt(Math.trunc(values[i]!));
  else for (let i = 0; i < out.length; i++) out[i] = values[i]!;
}
/** Rows, columns and number of matrices of a stack of matrices. */
export const matrices = (t: TensorType): { count: number; m: number; n: number } => ({
  count: sizeOf(t.shape.slice(0, -2)),
  m: t.shape.at(-2)!,
  n: t.shape.at(-1)!,
});
export const width = (d: DType): number => (isComplex(d) ? 2 : 1);

defineRoutine("bitcast", ({ ins, outs }) => {
  const [x] = ins,
    [y] = outs;
  new Uint8Array(y!.data.buffer, y!.data.byteOffset, y!.data.byteLength).set(new Uint8Array(x!.data.buffer, x!.data.byteOffset, x!.data.byteLength));
});
