// Reductions of every kind. Sums and products of floating types are accumulated in double precision and rounded once at the end: the order
// of a reduction is open in StableHLO, and this is the result that every order approaches.
import { sizeOf, stridesOf } from "../../core/aval.ts";
import { type DType, isComplex, isFloat } from "../../core/dtypes.ts";
import { neutral } from "../../core/neutral.ts";
import type { Graph, ReduceKind, StructuredAttrs, TensorType, WindowAttrs } from "../graph.ts";
import { rowOf } from "../ops.ts";
import { type Element, type Tensor, castElement, copyElement, elementType, flatIndex, forEachIndex, stridesFor, tensor } from "./tensor.ts";
import { formFor } from "./elementwise.ts";

/** Evaluates the graph of a reducer on scalars. */
export type Reducer = (body: Graph, args: readonly Tensor[]) => readonly Tensor[];

/** The type that results of a type are accumulated in. */
export const wide = (d: DType): DType => (isComplex(d) ? "complex128" : isFloat(d) ? "float64" : d);
export const neutralElement = (kind: ReduceKind, d: DType): Element => castElement(neutral(kind, isComplex(d) ? "float64" : d), d);
/** Accumulators of one kind, one for each element of a shape; `done` rounds them to the type. */
export function accumulators(shape: readonly number[], d: DType, kind: ReduceKind): { add: (i: number, v: Element) => void; done: () => Tensor } {
  const type = wide(d);
  const acc = tensor(shape, type);
  const { get, set } = elementType(type);
  const combine = formFor(rowOf(kind).scalar!, d, kind);
  const n = sizeOf(shape);
  const start = neutralElement(kind, d);
  for (let i = 0; i < n; i++) set(acc.data, i, start);
  return {
    add: (i, v) => set(acc.data, i, combine(get(acc.data, i), v, d)),
    done() {
      const out = tensor(shape, d);
      const { set: write } = elementType(d);
      for (let i = 0; i < n; i++) write(out.data, i, get(acc.data, i));
      return out;
    },
  };
}
/** For each axis of the operand, how far a step along it moves in the result: not at all along reduced axes. */
function resultSteps(x: TensorType, dims: readonly number[]): number[] {
  const kept = stridesOf(x.shape.filter((_n, i) => !dims.includes(i)));
  let next = 0;
  return x.shape.map((_n, i) => (dims.includes(i) ? 0 : kept[next++]!));
}
/** Calls `f` with the flat place in the operand of each element that a window covers; null where it hangs over the edge. */
function forEachWindow(shape: readonly number[], out: readonly number[], a: WindowAttrs, f: (result: number, from: number | null) => void): void {
  const own = stridesOf(shape);
  forEachIndex(out, (at, result) =>
    forEachIndex(a.window, (w) => {
      let from: number | null = 0;
      for (let i = 0; i < shape.length && from !== null; i++) {
        const place = at[i]! * a.strides[i]! + w[i]! * a.windowDilation[i]! - a.padding[i]![0];
        const inside = place >= 0 && place % a.baseDilation[i]! === 0 && place / a.baseDilation[i]! < shape[i]!;
        from = inside ? from + (place / a.baseDilation[i]!) * own[i]! : null;
      }
      f(result, from);
    }),
  );
}
/** Several accumulators that a graph updates together. */
class GenericAccumulators {
  readonly #accs: Tensor[];
  constructor(
    shape: readonly number[],
    private readonly inits: readonly Tensor[],
    private readonly body: Graph,
    private readonly reduce: Reducer,
  ) {
    this.#accs = inits.map((init) => {
      const t = tensor(shape, init.dtype);
      const n = sizeOf(shape);
      for (let i = 0; i < n; i++) copyElement(t, i, init, 0);
      return t;
    });
  }
  /** @param from the place of the element in each operand; null: the initial values stand for it */
  add(result: number, xs: readonly Tensor[], from: number | null): void {
    const scalar = (t: Tensor, i: number): Tensor => {
      const s = tensor([], t.dtype);
      copyElement(s, 0, t, i);
      return s;
    };
    const before = this.#accs.map((t) => scalar(t, result));
    const elements = from === null ? this.inits : xs.map((x) => scalar(x, from));
    this.reduce(this.body, [...before, ...elements]).forEach((r, k) => copyElement(this.#accs[k]!, result, r, 0));
  }
  done(): readonly Tensor[] {
    return this.#accs;
  }
}

type Reductions = "reduce" | "arg_reduce" | "cumulative" | "reduce_window" | "generic_reduce" | "generic_reduce_window";
export const REDUCTION: {
  readonly [K in Reductions]: (ins: readonly Tensor[], attrs: StructuredAttrs[K], outs: readonly TensorType[], reduce: Reducer) => readonly Tensor[];
} = {
  reduce([x], { dims, kind }, [out]) {
    const acc = accumulators(out!.shape, out!.dtype, kind);
    const { get } = elementType(x!.dtype);
    const steps = resultSteps(x!, dims);
    forEachIndex(x!.shape, (at, flat) => acc.add(flatIndex(at, steps), get(x!.data, flat)));
    return [acc.done()];
  },
  arg_reduce([x], { axis, kind }, [out]) {
    const { get } = elementType(x!.dtype);
    const found = tensor(out!.shape, out!.dtype);
    const { set } = elementType(out!.dtype);
    const stride = stridesFor(x!)[axis]!;
    const outer = x!.shape.map((n, i) => (i === axis ? 1 : n));
    const n = x!.shape[axis]!;
    // The first of equal ones wins, and a NaN wins over all.
    const better = (v: number, best: number): boolean => best === best && (v !== v || (kind === "max" ? v > best : v < best));
    const own = stridesFor(x!);
    forEachIndex(outer, (at, flat) => {
      const base = flatIndex(at, own);
      let best = 0;
      for (let i = 1; i < n; i++) if (better(get(x!.data, base + i * stride) as number, get(x!.data, base + best * stride) as number)) best = i;
      set(found.data, flat, castElement(best, out!.dtype));
    });
    return [found];
  },
  cumulative([x], { axis, reverse, kind }, [out]) {
    const result = tensor(out!.shape, out!.dtype);
    const { get, set } = elementType(out!.dtype);
    const own = stridesFor(x!);
    const n = x!.shape[axis]!;
    const combine =
      kind === "logsumexp"
        ? (a: Element, b: Element): Element => logAddExp(a as number, b as number)
        : formFor(rowOf(kind).scalar!, out!.dtype, kind);
    forEachIndex(
      x!.shape.map((m, i) => (i === axis ? 1 : m)),
      (at) => {
        const base = flatIndex(at, own);
        let acc: Element | null = null;
        for (let k = 0; k < n; k++) {
          const place = base + (reverse ? n - 1 - k : k) * own[axis]!;
          const v = get(x!.data, place);
          acc = acc === null ? v : combine(acc, v, out!.dtype);
          // Integers wrap at every step; floating sums are rounded where they are stored.
          set(result.data, place, acc);
          if (!isFloat(out!.dtype) && !isComplex(out!.dtype)) acc = get(result.data, place);
        }
      },
    );
    return [result];
  },
  reduce_window([x], a, [out]) {
    const acc = accumulators(out!.shape, out!.dtype, a.kind);
    const { get } = elementType(x!.dtype);
    forEachWindow(x!.shape, out!.shape, a, (result, from) => {
      if (from !== null) acc.add(result, get(x!.data, from));
    });
    return [acc.done()];
  },
  generic_reduce(ins, { dims, body }, outs, reduce) {
    const xs = ins.slice(0, outs.length);
    const acc = new GenericAccumulators(outs[0]!.shape, ins.slice(outs.length), body, reduce);
    const steps = resultSteps(xs[0]!, dims);
    forEachIndex(xs[0]!.shape, (at, flat) => acc.add(flatIndex(at, steps), xs, flat));
    return acc.done();
  },
  generic_reduce_window(ins, a, outs, reduce) {
    const xs = ins.slice(0, outs.length);
    const acc = new GenericAccumulators(outs[0]!.shape, ins.slice(outs.length), a.body, reduce);
    forEachWindow(xs[0]!.shape, outs[0]!.shape, a, (result, from) => acc.add(result, xs, from));
    return acc.done();
  },
};
/** log(eˣ + eʸ), exact at ±∞. */
function logAddExp(x: number, y: number): number {
  const m = Math.max(x, y);
  return Math.abs(m) === Infinity ? m : m + Math.log1p(Math.exp(-Math.abs(x - y)));
}
