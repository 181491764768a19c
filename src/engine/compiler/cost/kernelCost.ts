// What a kernel costs, predicted from its schedule: the instructions that its loops carry out, by class and by the operation of the graph that each was
// made for, and the memory that it moves. So a power weighs what it weighs, and so do gathers and the arithmetic of indices.
import { isHalf } from "../../core/dtypes.ts";
import type { Node } from "../../graph/graph.ts";
import type { Expr, Stmt } from "../kernel/ir.ts";
import type { Ix } from "../kernel/ix.ts";
import type { Schedule } from "../kernel/schedule.ts";
import { type CostClass, type CostTable, memoryNs } from "./table.ts";
import type { Traffic } from "./traffic.ts";
import { type Site, walkKernel } from "./walk.ts";

/** How often instructions of each class are carried out. */
export interface Counts {
  readonly classes: Readonly<Partial<Record<CostClass, number>>>;
  readonly calls: Readonly<Record<string, number>>;
}
type Count = (what: CostClass | { readonly call: string }, times: number, of: Node | null) => void;

/** Tells every instruction of a kernel, with how often it is carried out and for which operation. */
export function countKernel(schedule: Schedule, count: Count): void {
  walkKernel(schedule, {
    value: (e, at) => countValue(e, at, count),
    statement: (s, at) => countStatement(s, at, schedule, count),
  });
}
function countValue(e: Expr, { times, lanes, held }: Site, count: Count): void {
  const vector = lanes > 1;
  const own = (what: CostClass, n = 1): void => count(what, times * n, e.of);
  switch (e.kind) {
    case "const":
    case "acc":
      return;
    case "index":
      own("integer", indexWork(e.index));
      break;
    case "load":
      own(vector ? "access" : singleAt(e.index));
      own("integer", indexWork(e.index));
      if (isHalf(e.dtype)) own("half", lanes);
      break;
    case "cast":
      own(isHalf(e.dtype) || isHalf(e.arg.dtype) ? "half" : vector ? "lanes" : "scalar", isHalf(e.dtype) || isHalf(e.arg.dtype) ? lanes : 1);
      break;
    case "bitcast":
      break;
    case "unless":
    case "select":
      own(vector ? "lanes" : "scalar");
      break;
    case "call":
      count({ call: e.fn }, times * lanes, e.of);
      break;
    case "op":
      own(classOf(e, vector));
      break;
  }
  // One more form of the same value: each lane is taken out, or put in.
  if (held === "lanes and scalars") own("pack");
  else if (held === "scalars and lanes") count("pack", times / 4, e.of);
}
function classOf(e: Expr & { readonly kind: "op" }, vector: boolean): CostClass {
  const x = e.args[0]?.dtype ?? e.dtype;
  if (e.op === "div" || e.op === "rem" || e.op === "sqrt") return vector ? "lanesDivide" : "divide";
  if (vector) return "lanes";
  return x === "int64" || x === "uint64" ? "integer" : "scalar";
}
/** Elements that a step of the innermost loop may skip before it is in another line of the cache. */
const FAR = 16;
function singleAt(ix: Ix): CostClass {
  let depth = 0;
  let stride = 0;
  for (const { atom, coef } of ix.terms)
    if (atom.kind === "var" && atom.v.depth > depth) {
      depth = atom.v.depth;
      stride = Math.abs(coef);
    }
  return stride >= FAR ? "strided" : "single";
}
/** Additions, multiplications and quotients of an index beyond one step along a loop. */
function indexWork(ix: Ix): number {
  let work = 0;
  for (const { atom, coef } of ix.terms) {
    if (atom.kind === "div" || atom.kind === "mod") work += 3 + indexWork(atom.of);
    else if (atom.kind === "value") work += coef === 1 ? 1 : 2;
  }
  return work;
}
function countStatement(s: Stmt, { times, lanes }: Site, { loops }: Schedule, count: Count): void {
  switch (s.kind) {
    case "loop": {
      const plan = loops.get(s.v);
      return count("iteration", times * Math.ceil(s.v.extent / (plan?.lanes ?? 1)), null);
    }
    case "store": {
      const vector = lanes > 1;
      count(vector ? "access" : singleAt(s.index), times, s.value.of);
      count("integer", times * indexWork(s.index), s.value.of);
      if (isHalf(s.stored)) count("half", times * lanes, s.value.of);
      return;
    }
    case "reduce":
      return count(lanes > 1 ? "lanes" : "scalar", times, s.of ?? s.value.of);
    case "tile":
      return count("tile", times * s.columns * s.rows * s.k, s.of ?? null);
    case "copy":
      return count("access", s.bytes / 16, null);
    case "set":
    case "fold":
    case "if":
      return;
  }
}
export interface KernelCost {
  /** Milliseconds of one call. */
  readonly ms: number;
  /** Nanoseconds of each operation; what belongs to none is spread over all by their parts. */
  readonly nodes: ReadonlyMap<Node, number>;
}
export function kernelCost(schedule: Schedule, traffic: Traffic, table: CostTable): KernelCost {
  const nodes = new Map<Node, number>();
  let known = 0;
  let rest = 0;
  countKernel(schedule, (what, times, of) => {
    const ns = times * (typeof what === "string" ? table.ns[what] : (table.calls[what.call] ?? table.otherCall));
    if (of) nodes.set(of, (nodes.get(of) ?? 0) + ns);
    if (of) known += ns;
    else rest += ns;
  });
  const work = known + rest;
  const scale = known > 0 ? work / known : 1;
  for (const [n, ns] of nodes) nodes.set(n, ns * scale);
  return { ms: (Math.max(work, movedNs(traffic, table)) + table.launch) / 1e6, nodes };
}
/** Nanoseconds of what comes from memory: arrays that are as large as the caches or larger, and of the others what the caches do not hold together. */
function movedNs({ arrays }: Traffic, table: CostTable): number {
  let far = 0;
  let near = 0;
  let held = 0;
  for (const { bytes, read, written } of arrays) {
    const ns = memoryNs(table, read, written);
    if (bytes >= table.cache) far += ns;
    else {
      near += ns;
      held += read + written;
    }
  }
  return far + (held > table.cache ? near * (1 - table.cache / held) : 0);
}
