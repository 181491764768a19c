// Loop signatures: over which elements a kernel's loops run, and at which of a value's elements a kernel reads it. Two kernels can be one where
// the joined kernel has one set of loops and what depends on a reduction or a product is read exactly where it has just been computed.
import { type Shape, sameShape, sizeOf } from "../../core/aval.ts";
import { type Node, isElementwise } from "../../graph/graph.ts";
import { reshapeIndex } from "../kernel/build.ts";
import { isTiledConvolution } from "../kernel/convolutionSize.ts";
import { type Ix, type LoopVar, ZERO, add, addConst, scale, sum, varIx } from "../kernel/ix.ts";
import { isTiled } from "../kernel/matmulSize.ts";
import type { TileShape } from "../target.ts";
import type { GroupKind } from "./groups.ts";

/** Loops over the elements of a shape. Levels of one shape have the same index vector, whatever the order of their loops. */
export interface Level {
  readonly shape: Shape;
  readonly size: number;
  /** The index vector that the loops run through. */
  readonly idx: readonly Ix[];
  /** The axes, outermost loop first. */
  readonly order: readonly number[];
}
/** One index at which a kernel evaluates a value, as a map from the elements of a level. */
export interface Visit {
  readonly id: number;
  readonly level: Level | null;
  /** Parts that only the running program knows, or that are not affine, are variables of their own. Null where nothing is known. */
  readonly idx: readonly Ix[] | null;
  /** How often the kernel does it. */
  readonly count: number;
}
/** Rows of a reduction: its operand's elements, of which `dims` are folded. */
export interface Rows {
  readonly full: Level;
  readonly dims: readonly number[];
}
export interface Signature {
  readonly kind: GroupKind;
  /** The elements of the kernel's results. */
  readonly results: Level;
  /** Set for reductions along axes, which can be mapped over their rows again. */
  readonly rows: Rows | null;
}
/** Beyond so many different indices of one value in one kernel, they are counted together. */
const MAX_VISITS = 16;

/** Levels and visits of one graph; equal ones are one object, so that they are compared by identity. */
export class Loops {
  readonly #levels = new Map<string, Level>();
  readonly #unknown = new Map<string, LoopVar>();
  /** Variables that are no loop's. */
  readonly #free = new Set<LoopVar>();
  readonly #indices = new Map<string, readonly Ix[]>();
  readonly #visits = new Map<string, Visit>();
  #vars = 0;
  /** @param tile of the target's products */
  constructor(readonly tile: TileShape | null) {}

  /** @param inner axes whose loops are inside those of the others */
  level(shape: Shape, inner: readonly number[] = []): Level {
    const order = [...shape.keys()].sort((a, b) => Number(inner.includes(a)) - Number(inner.includes(b)) || a - b);
    const key = `${shape.join()}/${order.join()}`;
    let l = this.#levels.get(key);
    if (!l) this.#levels.set(key, (l = { shape, size: sizeOf(shape), idx: this.#index(shape), order }));
    return l;
  }
  #index(shape: Shape): readonly Ix[] {
    const key = shape.join();
    let idx = this.#indices.get(key);
    if (!idx) this.#indices.set(key, (idx = shape.map((extent, i) => varIx({ id: this.#vars++, extent, depth: i + 1 }))));
    return idx;
  }
  signature(kind: GroupKind, head: Node): Signature {
    const rows = head.is("reduce") ? { full: this.level(head.inputs[0]!.shape, head.attrs.dims), dims: head.attrs.dims } : null;
    return { kind, results: this.level(head.types[0]?.shape ?? []), rows };
  }
  /** Each element of a shape, in its own loops. */
  each(level: Level): Visit {
    return this.#visit(level, level.idx);
  }
  #visit(level: Level, idx: readonly Ix[]): Visit {
    const key = `${level.shape.join()}/${level.order.join()}|${idx.map((i) => i.key).join()}`;
    const known = this.#visits.get(key);
    if (known) return known;
    // What does not depend on the inner loops is computed outside of them.
    const used = variablesOf(idx);
    if ([...used].some((v) => this.#free.has(v))) return this.#intern(key, level, idx, level.size);
    const last = level.order.findLastIndex((axis) => level.idx[axis]!.terms.some((t) => t.atom.kind === "var" && used.has(t.atom.v)));
    const count = level.order.slice(0, last + 1).reduce((p, axis) => p * level.shape[axis]!, 1);
    return this.#intern(key, level, idx, count);
  }
  /** An index along one axis that is not known, the same for the same key. */
  #unknownIndex(key: string, extent: number): Ix {
    let v = this.#unknown.get(key);
    if (!v) {
      this.#unknown.set(key, (v = { id: this.#vars++, extent, depth: 1 }));
      this.#free.add(v);
    }
    return varIx(v);
  }
  /** A visit of which nothing is known but how often it happens. */
  unknown(key: string, count: number): Visit {
    return this.#intern(`?${key}`, null, null, count);
  }
  #intern(key: string, level: Level | null, idx: readonly Ix[] | null, count: number): Visit {
    let v = this.#visits.get(key);
    if (!v) this.#visits.set(key, (v = { id: this.#visits.size, level, idx, count }));
    return v;
  }
  /** Joins lists of visits; too many become one that counts as much. */
  join(n: Node, lists: Iterable<readonly Visit[]>): readonly Visit[] {
    const all = new Set<Visit>();
    for (const list of lists) for (const v of list) all.add(v);
    if (all.size <= MAX_VISITS) return [...all];
    const count = [...all].reduce((s, v) => s + v.count, 0);
    return [this.unknown(`many ${n.id} ${count}`, count)];
  }
  /** Where an operation's operand is read, given where the operation itself is evaluated. */
  operand(u: Node, input: number, v: Visit): Visit {
    const x = u.inputs[input]!;
    if (isElementwise(u) || u.is("barrier")) return v;
    // Filling values and starting positions are scalars, computed once however often they are used.
    if (x.shape.length === 0 && !u.is("broadcast", "reshape")) return this.each(this.level([]));
    const { level, idx } = v;
    if (level && idx)
      return this.#visit(
        level,
        operandIndex(u, input, idx, (k, of, extent) => this.#unknownIndex(`${u.id}.${k}(${of})`, extent)),
      );
    return this.unknown(`${u.id}.${input}(${v.id})`, v.count);
  }
  /** Where the operation at the head of a kernel reads an operand. */
  headOperand(head: Node, input: number): Visit {
    const x = head.inputs[input]!;
    const isProduct = isTiled(head, this.tile) || isTiledConvolution(head, this.tile);
    if (isProduct || head.is("reduce", "arg_reduce", "cumulative", "concatenate", "dynamic_update_slice", "scatter")) {
      // A product reads packed operands: each element is evaluated once, but not in the order of the result's loops.
      if (isProduct) return this.unknown(`${head.id}.${input}`, sizeOf(x.shape));
      return this.each(this.level(x.shape, head.is("reduce") ? head.attrs.dims : head.is("arg_reduce", "cumulative") ? [head.attrs.axis] : []));
    }
    return this.unknown(`${head.id}.${input}`, headEvaluations(head, input));
  }
  /** Whether a visit reads `x` exactly at the element of the results (or of the rows) that the loops are at. */
  isSameElement(v: Visit, x: Node, s: Signature): boolean {
    const { level, idx } = v;
    if (!level || !idx) return false;
    const size = sizeOf(x.shape);
    if (level.size === s.results.size && size === s.results.size) return sameKeys(idx, reshapeIndex(level.idx, level.shape, x.shape));
    if (!s.rows || !sameShape(level.shape, s.rows.full.shape)) return false;
    if (sameShape(x.shape, level.shape)) return sameKeys(idx, level.idx);
    const { dims } = s.rows;
    const row = level.idx.filter((_i, axis) => !dims.includes(axis));
    return size === s.results.size && sameKeys(idx, reshapeIndex(row, s.results.shape, x.shape));
  }
}
/** The loop variables that an index depends on. */
function variablesOf(idx: readonly Ix[]): Set<LoopVar> {
  const found = new Set<LoopVar>();
  const stack = [...idx];
  for (let ix = stack.pop(); ix; ix = stack.pop())
    for (const { atom } of ix.terms)
      if (atom.kind === "var") found.add(atom.v);
      else if (atom.kind === "div" || atom.kind === "mod") stack.push(atom.of);
  return found;
}
const sameKeys = (a: readonly Ix[], b: readonly Ix[]): boolean => a.length === b.length && a.every((x, i) => x.key === b[i]!.key);

type Unknown = (axis: number, of: string, extent: number) => Ix;
/** The index of a movement's operand. */
function operandIndex(u: Node, input: number, idx: readonly Ix[], unknown: Unknown): readonly Ix[] {
  const x = u.inputs[input]!;
  if (u.is("broadcast")) return u.attrs.dims.map((d, i) => (x.shape[i] === 1 ? ZERO : idx[d]!));
  if (u.is("reshape")) return reshapeIndex(idx, u.shape, x.shape);
  if (u.is("transpose")) {
    const src = new Array<Ix>(idx.length);
    u.attrs.permutation.forEach((p, i) => (src[p] = idx[i]!));
    return src;
  }
  if (u.is("slice")) return idx.map((i, k) => addConst(scale(i, u.attrs.strides[k]!), u.attrs.start[k]!));
  if (u.is("reverse")) return idx.map((i, k) => (u.attrs.dims.includes(k) ? sum([[i, -1]], x.shape[k]! - 1) : i));
  if (u.is("pad")) {
    const { low, high, interior } = u.attrs;
    return idx.map((i, k) => (low[k] === 0 && high[k] === 0 && interior[k] === 0 ? i : unknown(k, i.key, x.shape[k]!)));
  }
  if (u.is("dynamic_slice")) return idx.map((i, k) => (x.shape[k] === u.shape[k] ? i : add(i, unknown(k, "", x.shape[k]! - u.shape[k]! + 1))));
  if (u.is("gather")) return gatherIndex(u, input, idx, unknown);
  return x.shape.map((extent, k) => unknown(k, idx.map((i) => i.key).join(), extent));
}
function gatherIndex(u: Node<"gather">, input: number, idx: readonly Ix[], unknown: Unknown): readonly Ix[] {
  const { offsetDims, collapsedSliceDims, startIndexMap, operandBatchingDims, startIndicesBatchingDims } = u.attrs;
  const x = u.inputs[input]!;
  const batch = idx.filter((_i, k) => !offsetDims.includes(k));
  const of = batch.map((i) => i.key).join();
  if (input === 1) return [...batch, unknown(x.shape.length, of, x.shape.at(-1)!)];
  let o = 0;
  return x.shape.map((extent, k) => {
    const batched = operandBatchingDims.indexOf(k);
    if (batched >= 0) return batch[startIndicesBatchingDims[batched]!]!;
    const offset = collapsedSliceDims.includes(k) ? ZERO : idx[offsetDims[o++]!]!;
    return startIndexMap.includes(k) ? add(offset, unknown(k, of, extent)) : offset;
  });
}
/** How often a kernel evaluates an operand of the reduction at its head. */
function headEvaluations(head: Node, input: number): number {
  const x = head.inputs[input]!;
  if (x.shape.length === 0) return 1;
  const results = sizeOf(head.shape);
  if (head.is("dot")) return results * head.attrs.lhsContract.reduce((p, d) => p * head.inputs[0]!.shape[d]!, 1);
  if (head.is("conv")) return results * head.attrs.rhsSpec.slice(1).reduce((p, d) => p * head.inputs[1]!.shape[d]!, 1);
  if (head.is("reduce_window", "generic_reduce_window")) return results * sizeOf(head.attrs.window);
  return sizeOf(x.shape);
}
