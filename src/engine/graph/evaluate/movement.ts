// Operations that move elements: to other places, with others between them, from computed places, or into parts of an array.
import { sizeOf } from "../../core/aval.ts";
import type { StructuredAttrs, TensorType } from "../graph.ts";
import { rowOf } from "../ops.ts";
import {
  type Element,
  type Tensor,
  castElement,
  copyElement,
  elementType,
  flatIndex,
  forEachIndex,
  integerOf,
  scalarOf,
  strided,
  stridesFor,
  tensor,
} from "./tensor.ts";
import { formFor } from "./elementwise.ts";

const clamp = (x: number, max: number): number => Math.min(Math.max(x, 0), Math.max(max, 0));
const copy = (x: Tensor): Tensor => ({ ...x, data: x.data.slice() });
/** Where each coordinate of a window starts: an index vector of the start indices' batch axes gives one start per mapped axis. */
function startAt(indices: Tensor, batch: readonly number[], coordinate: number): number {
  return integerOf(indices, flatIndex([...batch, coordinate], stridesFor(indices)));
}

type Movement =
  | "broadcast"
  | "reshape"
  | "transpose"
  | "slice"
  | "pad"
  | "reverse"
  | "concatenate"
  | "dynamic_slice"
  | "dynamic_update_slice"
  | "gather"
  | "scatter";
export const MOVEMENT: { readonly [K in Movement]: (ins: readonly Tensor[], attrs: StructuredAttrs[K], out: TensorType) => Tensor } = {
  broadcast([x], { dims }, out) {
    const strides = stridesFor(x!);
    const steps = out.shape.map(() => 0);
    dims.forEach((d, i) => {
      steps[d] = x!.shape[i] === 1 ? 0 : strides[i]!;
    });
    return strided(out.shape, x!, 0, steps);
  },
  reshape: ([x], _a, out) => ({ ...x!, shape: out.shape }),
  transpose([x], { permutation }, out) {
    const strides = stridesFor(x!);
    const steps = permutation.map((p) => strides[p]!);
    return strided(out.shape, x!, 0, steps);
  },
  slice([x], { start, strides }, out) {
    const own = stridesFor(x!);
    const steps = own.map((s, i) => s * strides[i]!);
    return strided(out.shape, x!, flatIndex(start, own), steps);
  },
  reverse([x], { dims }, out) {
    const own = stridesFor(x!);
    const last = x!.shape.map((n, i) => (dims.includes(i) ? n - 1 : 0));
    const steps = own.map((s, i) => (dims.includes(i) ? -s : s));
    return strided(out.shape, x!, flatIndex(last, own), steps);
  },
  pad([x, value], { low, interior }, out) {
    const padded = tensor(out.shape, out.dtype);
    const n = sizeOf(out.shape);
    for (let i = 0; i < n; i++) copyElement(padded, i, value!, 0);
    const strides = stridesFor(out);
    forEachIndex(x!.shape, (at, flat) => {
      const to = at.map((k, i) => low[i]! + k * (interior[i]! + 1));
      if (to.every((k, i) => k >= 0 && k < out.shape[i]!)) copyElement(padded, flatIndex(to, strides), x!, flat);
    });
    return padded;
  },
  concatenate(ins, { dim }, out) {
    const joined = tensor(out.shape, out.dtype);
    const strides = stridesFor(out);
    let start = 0;
    for (const x of ins) {
      const offset = start * strides[dim]!;
      forEachIndex(x.shape, (at, flat) => copyElement(joined, offset + flatIndex(at, strides), x, flat));
      start += x.shape[dim]!;
    }
    return joined;
  },
  dynamic_slice([x, ...starts], _a, out) {
    const own = stridesFor(x!);
    const start = starts.map((s, i) => clamp(integerOf(s), x!.shape[i]! - out.shape[i]!));
    return strided(out.shape, x!, flatIndex(start, own), own);
  },
  dynamic_update_slice([x, update, ...starts]) {
    const out = copy(x!);
    const own = stridesFor(x!);
    const start = starts.map((s, i) => clamp(integerOf(s), x!.shape[i]! - update!.shape[i]!));
    const offset = flatIndex(start, own);
    forEachIndex(update!.shape, (at, flat) => copyElement(out, offset + flatIndex(at, own), update!, flat));
    return out;
  },
  gather([x, indices], a, out) {
    const taken = tensor(out.shape, out.dtype);
    const own = stridesFor(x!);
    const { set } = elementType(out.dtype);
    // A NaN in the real part fills the imaginary part, too.
    const fill: Element =
      typeof scalarOf(tensor([], out.dtype)) === "object"
        ? [Number(a.fillValue), Number.isNaN(Number(a.fillValue)) ? NaN : 0]
        : castElement(a.fillValue, out.dtype);
    forEachIndex(out.shape, (at, flat) => {
      const batch = at.filter((_k, i) => !a.offsetDims.includes(i));
      const offsets = a.offsetDims.map((d) => at[d]!);
      let fits = true;
      const from = x!.shape.map((n, d) => {
        const batching = a.operandBatchingDims.indexOf(d);
        if (batching >= 0) return batch[a.startIndicesBatchingDims[batching]!]!;
        const offset = a.collapsedSliceDims.includes(d) ? 0 : offsets.shift()!;
        const mapped = a.startIndexMap.indexOf(d);
        if (mapped < 0) return offset;
        const start = startAt(indices!, batch, mapped);
        const max = n - a.sliceSizes[d]!;
        if (start < 0 || start > max) fits = false;
        return clamp(start, max) + offset;
      });
      if (fits || a.mode === "clip") copyElement(taken, flat, x!, flatIndex(from, own));
      else set(taken.data, flat, fill);
    });
    return taken;
  },
  scatter([x, indices, updates], a) {
    const out = copy(x!);
    const own = stridesFor(x!);
    const { get, set } = elementType(out.dtype);
    const hidden = (d: number): boolean => a.insertedWindowDims.includes(d) || a.operandBatchingDims.includes(d);
    const combine = a.combine === "set" ? null : formFor(rowOf(a.combine).scalar!, out.dtype, a.combine);
    let next = 0;
    const window = x!.shape.map((_n, d) => (hidden(d) ? 1 : updates!.shape[a.updateWindowDims[next++]!]!));
    forEachIndex(updates!.shape, (at, flat) => {
      const batch = at.filter((_k, i) => !a.updateWindowDims.includes(i));
      const offsets = a.updateWindowDims.map((d) => at[d]!);
      let fits = true;
      const to = x!.shape.map((n, d) => {
        const batching = a.operandBatchingDims.indexOf(d);
        if (batching >= 0) return batch[a.scatterIndicesBatchingDims[batching]!]!;
        const offset = a.insertedWindowDims.includes(d) ? 0 : offsets.shift()!;
        const mapped = a.scatterDimsToOperandDims.indexOf(d);
        if (mapped < 0) return offset;
        const start = startAt(indices!, batch, mapped);
        const max = n - window[d]!;
        if (start < 0 || start > max) fits = false;
        return clamp(start, max) + offset;
      });
      if (!fits && a.mode === "drop") return;
      const place = flatIndex(to, own);
      const u = get(updates!.data, flat);
      set(out.data, place, combine ? combine(get(out.data, place), u, out.dtype) : u);
    });
    return out;
  },
};
