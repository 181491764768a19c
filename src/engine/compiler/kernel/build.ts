// From a fused group of graph nodes to kernel IR: scalar code is generated on demand, movement operations only change the index.
import { type Shape, sizeOf } from "../../core/aval.ts";
import { type DType, isComplex, isFloat, realPart } from "../../core/dtypes.ts";
import type { NDArray } from "../../core/value.ts";
import { type Node, isElementwise } from "../../graph/graph.ts";
import type { Target } from "../target.ts";
import { type BufferId, type Expr, ExprBuilder, type KernelBuffer, type Stmt } from "./ir.ts";
import { type Ix, ZERO, add, addConst, constIx, delinearize, div, linearize, mod, scale, sum, valueIx } from "./ix.ts";
import { type Scalar, elementwise, isPair } from "./scalar.ts";

/** A group cannot be one kernel, and why: the fusion pass writes this into its ledger. */
export class Unfusable extends Error {}

/** The computation of a value: it asks for operands at index vectors and is given their values. */
type Computation = Generator<readonly [Node, readonly Ix[]], Scalar, Scalar>;
const keyOf = (n: Node, idx: readonly Ix[]): string => `${n.id}[${idx.map((i) => i.key).join()}]`;

/** Buffers and scalar code of one kernel. */
export class KernelContext {
  readonly b: ExprBuilder;
  readonly buffers: KernelBuffer[] = [];
  readonly nodes: (Node | null)[] = [];
  readonly #ids = new Map<Node, BufferId>();
  readonly #memo = new Map<string, Scalar>();
  /** Values that the kernel has computed already: how to get them at an index vector, or undefined where it has not. */
  readonly local = new Map<Node, (idx: readonly Ix[]) => Scalar | undefined>();
  /** @param inGroup nodes that this kernel may compute; all others are read from memory. */
  constructor(
    readonly inGroup: ReadonlySet<Node>,
    readonly target: Target,
  ) {
    this.b = new ExprBuilder(target.dtypes.has("int64"));
  }

  buffer(n: Node, role: "in" | "out" | "scratch"): BufferId {
    let id = this.#ids.get(n);
    if (id === undefined) {
      id = this.buffers.length;
      this.#ids.set(n, id);
      this.buffers.push({ name: `%${n.id}`, dtype: n.dtype, size: sizeOf(n.shape), role });
      this.nodes.push(n);
    }
    return id;
  }
  scratch(name: string, dtype: DType, size: number, isOwn = false): BufferId {
    this.buffers.push({ name, dtype, size, role: "scratch", ...(isOwn ? { isOwn } : {}) });
    this.nodes.push(null);
    return this.buffers.length - 1;
  }
  load(n: Node, at: Ix): Scalar {
    const id = this.buffer(n, "in");
    return isComplex(n.dtype) ? [this.b.load(id, at, n.dtype, 0), this.b.load(id, at, n.dtype, 1)] : this.b.load(id, at, n.dtype);
  }
  /** Statements that write a value to a buffer. */
  store(id: BufferId, at: Ix, value: Scalar, stored: DType): Stmt[] {
    return isPair(value)
      ? value.map((v, part): Stmt => ({ kind: "store", buffer: id, index: at, value: v, stored, part }))
      : [{ kind: "store", buffer: id, index: at, value, stored, part: 0 }];
  }
  /**
   * The value of a node at an index vector. Operands are asked for, not called for: a chain of ten thousand operations does not use up the stack.
   */
  at(n: Node, idx: readonly Ix[]): Scalar {
    const known = this.#memo.get(keyOf(n, idx));
    if (known !== undefined) return known;
    const outer = this.b.of;
    const open = (x: Node, key: string, at: readonly Ix[], reader: Node | null): { key: string; steps: Computation; of: Node | null } => ({
      key,
      steps: this.#compute(x, at),
      // Reading what another kernel has stored is its reader's work.
      of: this.inGroup.has(x) ? x : reader,
    });
    const stack = [open(n, keyOf(n, idx), idx, outer)];
    let answer: Scalar | undefined;
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      this.b.of = top.of;
      const step = answer === undefined ? top.steps.next() : top.steps.next(answer);
      answer = undefined;
      if (step.done) {
        this.#memo.set(top.key, (answer = step.value));
        stack.pop();
        continue;
      }
      const [operand, at] = step.value,
        key = keyOf(operand, at);
      answer = this.#memo.get(key);
      if (answer === undefined) stack.push(open(operand, key, at, top.of));
    }
    this.b.of = outer;
    if (answer === undefined) throw new Error(`${n.op} has no value`);
    return answer;
  }
  real(n: Node, idx: readonly Ix[]): Expr {
    return this.at(n, idx) as Expr;
  }
  /** A computed integer as an index with bounds; values outside are clamped into them. */
  clampedIndex(value: Expr, max: number): Ix {
    if (max <= 0) return ZERO;
    if (value.kind === "const") return constIx(Math.min(Math.max(Number(value.value), 0), max));
    const wide = this.signed(value);
    return valueIx(this.b.op("min", [this.b.op("max", [wide, this.b.const(0, "int32")], "int32"), this.b.const(max, "int32")], "int32"), 0, max);
  }
  /** An integer of any type as int32, saturating so that comparisons against extents stay right. */
  signed(value: Expr): Expr {
    switch (value.dtype) {
      case "int32":
        return value;
      case "uint32":
        return this.b.bitcast(this.b.op("min", [value, this.b.const(0x7fffffff, "uint32")], "uint32"), "int32");
      case "int64":
        return this.b.cast(
          this.b.op("max", [this.b.op("min", [value, this.b.const(0x7fffffff, "int64")], "int64"), this.b.const(-0x80000000, "int64")], "int64"),
          "int32",
        );
      case "uint64":
        return this.b.cast(this.b.op("min", [value, this.b.const(0x7fffffff, "uint64")], "uint64"), "int32");
      default:
        return this.b.cast(value, "int32");
    }
  }
  *#compute(n: Node, idx: readonly Ix[]): Computation {
    const local = this.local.get(n)?.(idx);
    if (local !== undefined) return local;
    if (n.is("constant") && n.shape.length === 0) return constant(this.b, n.attrs.value, n.dtype);
    if (!this.inGroup.has(n)) return this.load(n, linearize(idx, n.shape));
    const x = n.inputs[0]!;
    if (isElementwise(n)) {
      const args: Scalar[] = [];
      for (const i of n.inputs) args.push(yield [i, idx]);
      return elementwise(this.b, n, args);
    }
    if (n.is("barrier")) return yield [x, idx];
    if (n.is("iota")) return this.#cast(this.b.index(idx[n.attrs.dim]!), n.dtype);
    if (n.is("broadcast")) return yield [x, n.attrs.dims.map((d, i) => (x.shape[i] === 1 ? ZERO : idx[d]!))];
    if (n.is("reshape")) return yield [x, reshapeIndex(idx, n.shape, x.shape)];
    if (n.is("transpose")) {
      const src = new Array<Ix>(idx.length);
      n.attrs.permutation.forEach((p, i) => (src[p] = idx[i]!));
      return yield [x, src];
    }
    if (n.is("slice")) return yield [x, idx.map((i, k) => addConst(scale(i, n.attrs.strides[k]!), n.attrs.start[k]!))];
    if (n.is("reverse")) return yield [x, idx.map((i, k) => (n.attrs.dims.includes(k) ? sum([[i, -1]], x.shape[k]! - 1) : i))];
    if (n.is("pad")) return yield* this.#pad(n, idx);
    if (n.is("concatenate")) return yield* this.#concatenate(n, idx);
    if (n.is("dynamic_slice")) {
      const src: Ix[] = [];
      for (const [k, i] of idx.entries()) src.push(add(i, this.clampedIndex((yield [n.inputs[k + 1]!, []]) as Expr, x.shape[k]! - n.shape[k]!)));
      return yield [x, src];
    }
    if (n.is("gather")) return yield* this.#gather(n, idx);
    throw new Unfusable(`${n.op} cannot be computed inside another kernel at these indices`);
  }
  #cast(e: Expr, d: DType): Scalar {
    return isComplex(d) ? [this.b.cast(e, realPart(d)), this.b.const(0, realPart(d))] : this.b.cast(e, d);
  }
  choose(p: Expr, t: Scalar, f: Scalar): Scalar {
    return isPair(t)
      ? [this.b.select(p, t[0], (f as readonly [Expr, Expr])[0]), this.b.select(p, t[1], (f as readonly [Expr, Expr])[1])]
      : this.b.select(p, t, f as Expr);
  }
  /** lo ≤ ix < hi as an expression, or null where it always holds. */
  within(ix: Ix, lo: number, hi: number): Expr | null {
    const parts: Expr[] = [];
    if (ix.min < lo) parts.push(this.b.binary("ge", this.b.index(ix), this.b.const(lo, "int32")));
    if (ix.max >= hi) parts.push(this.b.binary("lt", this.b.index(ix), this.b.const(hi, "int32")));
    return parts.length === 0 ? null : parts.length === 1 ? parts[0]! : this.b.op("and", parts, "bool");
  }
  both(x: Expr | null, y: Expr | null): Expr | null {
    return x && y ? this.b.op("and", [x, y], "bool") : (x ?? y);
  }
  /** An index that is known to lie in range only where a condition holds, made safe to load from everywhere. */
  safe(ix: Ix, size: number): Ix {
    return ix.min >= 0 && ix.max < size ? ix : this.clampedIndex(this.b.index(ix), size - 1);
  }
  *#pad(n: Node<"pad">, idx: readonly Ix[]): Computation {
    const [x, v] = n.inputs as [Node, Node],
      fill = yield [v, []];
    if (sizeOf(x.shape) === 0) return fill;
    let inside: Expr | null = null;
    const src = idx.map((i, k) => {
      const step = n.attrs.interior[k]! + 1,
        size = x.shape[k]!,
        off = addConst(i, -n.attrs.low[k]!);
      inside = this.both(inside, this.within(off, 0, (size - 1) * step + 1));
      const safe = this.safe(off, (size - 1) * step + 1);
      if (step === 1) return safe;
      inside = this.both(inside, this.b.binary("eq", this.b.index(mod(safe, step)), this.b.const(0, "int32")));
      return div(safe, step);
    });
    const value = yield [x, src];
    return inside ? this.choose(inside, value, fill) : value;
  }
  *#concatenate(n: Node<"concatenate">, idx: readonly Ix[]): Computation {
    const d = n.attrs.dim,
      i = idx[d]!;
    let start = 0;
    const parts = n.inputs
      .map((x) => {
        const at = start;
        start += x.shape[d]!;
        return { x, at, end: start };
      })
      .filter((p) => p.end > p.at && i.max >= p.at && i.min < p.end);
    let result: Scalar | null = null;
    for (const p of parts.reverse()) {
      const value = yield [p.x, idx.map((k, axis) => (axis === d ? this.safe(addConst(k, -p.at), p.end - p.at) : k))];
      result = result === null ? value : this.choose(this.b.binary("lt", this.b.index(i), this.b.const(p.end, "int32")), value, result);
    }
    if (result === null) throw new Unfusable("nothing is concatenated here");
    return result;
  }
  *#gather(n: Node<"gather">, idx: readonly Ix[]): Computation {
    const a = n.attrs,
      [x, indices] = n.inputs as [Node, Node],
      batchIdx = idx.filter((_i, k) => !a.offsetDims.includes(k)),
      offsets = a.offsetDims.map((d) => idx[d]!);
    // Where each slice starts is asked for first: the position in the operand depends on it.
    const starts: Expr[] = [];
    for (let m = 0; m < a.startIndexMap.length; m++) starts.push((yield [indices, [...batchIdx, constIx(m)]]) as Expr);
    let ok: Expr | null = null,
      o = 0;
    const src = x.shape.map((size, k) => {
      const batched = a.operandBatchingDims.indexOf(k);
      if (batched >= 0) {
        const d = a.startIndicesBatchingDims[batched]!;
        return batchIdx[d]!;
      }
      const offset = a.collapsedSliceDims.includes(k) ? ZERO : offsets[o++]!,
        m = a.startIndexMap.indexOf(k);
      if (m < 0) return offset;
      const start = starts[m]!,
        max = size - a.sliceSizes[k]!;
      if (a.mode === "fill") {
        const s = this.signed(start),
          fits = this.b.op("and", [this.b.binary("ge", s, this.b.const(0, "int32")), this.b.binary("le", s, this.b.const(max, "int32"))], "bool");
        ok = this.both(ok, fits);
      }
      return add(this.clampedIndex(start, max), offset);
    });
    const value = yield [x, src],
      real = realPart(n.dtype);
    return ok
      ? this.choose(
          ok,
          value,
          isComplex(n.dtype)
            ? [this.b.const(a.fillValue, real), this.b.const(isFloat(real) && Number.isNaN(Number(a.fillValue)) ? NaN : 0, real)]
            : this.b.const(a.fillValue, n.dtype),
        )
      : value;
  }
}
/** Index vector of the operand of a reshape. Dimensions that stand unchanged in front pass through. */
export function reshapeIndex(idx: readonly Ix[], shape: Shape, from: Shape): Ix[] {
  if (idx.length && shape.filter((n) => n !== 1).join() === from.filter((n) => n !== 1).join()) {
    const kept = idx.filter((_i, k) => shape[k] !== 1);
    let at = 0;
    return from.map((n) => (n === 1 ? ZERO : kept[at++]!));
  }
  return delinearize(linearize(idx, shape), from);
}
function constant(b: ExprBuilder, value: NDArray, dtype: DType): Scalar {
  const d = value.dataSync();
  if (isComplex(dtype)) return [b.const(Number(d[0]), realPart(dtype)), b.const(Number(d[1]), realPart(dtype))];
  return b.const(d[0]!, dtype);
}
