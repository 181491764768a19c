// The schedule of a kernel: how every loop is carried out, and in which form every value inside a loop of lanes is held. All of it is decided
// here, from the target's numbers, before any code is written; emitters translate. A value is materialised once for each form that is asked
// for, in the innermost loop it depends on (`depth`), so code is as long as the kernel has values.
import { type DType, isFloat } from "../../core/dtypes.ts";
import type { Target } from "../target.ts";
import { type Acc, type BufferId, type Expr, type Fold, type Kernel, type ReduceOp, type Stmt, childrenOf, indexValues } from "./ir.ts";
import { type Phase, gridPhases } from "./grid.ts";
import { isUpdate } from "./updates.ts";
import type { LoopVar } from "./ix.ts";
import { partIndex, strideOf, varies } from "./strides.ts";
import { postOrder, readBy, roots, statements } from "./walk.ts";

/**
 * - parallel: iterations are independent of one another.
 * - sequential: an iteration reads what an earlier one left, or writes where another one does.
 * - reduce: iterations are independent but for the accumulators that all of them add to, in any order.
 * - lanes: several iterations at a time in one instruction. Parallel or reduce, underneath.
 * - grid: iterations are spread over threads, or work groups, of a grid (targets with one).
 * - group: iterations are shared by the threads of a work group. Parallel or reduce, underneath.
 */
export type LoopKind = "parallel" | "sequential" | "reduce" | "lanes" | "grid" | "group";
export interface Carry {
  readonly acc: Acc;
  readonly op: ReduceOp;
}
export interface LoopSchedule {
  readonly kind: LoopKind;
  /** Iterations of one instruction; 1 unless the kind is lanes. */
  readonly lanes: number;
  /** Copies of the body side by side, each with its own accumulators. */
  readonly unroll: number;
  /** Accumulators from outside that the loop adds to. In lanes, each lane and copy keeps its own; they are folded afterwards. */
  readonly carries: readonly Carry[];
  /** The same of those that it joins by other computations. */
  readonly folds: readonly Fold[];
}
/**
 * How a value that differs between lanes is held. `lanes`, `scalars`: computed and used in that form only. The other two are computed in the
 * first form and brought into the second once, because something reads it there.
 */
export type Held = "lanes" | "scalars" | "lanes and scalars" | "scalars and lanes";
export interface Schedule {
  readonly kernel: Kernel;
  readonly loops: ReadonlyMap<LoopVar, LoopSchedule>;
  /** For values that differ between the lanes of a loop; all others are scalars, or the same in all lanes. */
  readonly held: ReadonlyMap<Expr, Held>;
  /** Of a target with a grid: what is started one after another. Empty on others. */
  readonly phases: readonly Phase[];
}
type Loop = Stmt & { readonly kind: "loop" };

export function scheduleKernel(kernel: Kernel, target: Target): Schedule {
  const loops = new Map<LoopVar, LoopSchedule>();
  const held = new Map<Expr, Held>();
  const own = new Set(kernel.buffers.flatMap((b, i) => (b.isOwn ? [i] : [])));
  const visit = (body: readonly Stmt[], insideLanes: boolean): void => {
    for (const s of body) {
      if (s.kind === "if") visit(s.body, insideLanes);
      if (s.kind !== "loop") continue;
      const plan = scheduleLoop(s, insideLanes, target, own);
      loops.set(s.v, plan);
      if (plan.kind === "lanes") holdValues(s, plan.lanes, target, held);
      visit(s.body, insideLanes || plan.kind === "lanes");
    }
  };
  visit(kernel.body, false);
  const phases = target.parallelism.grid ? gridPhases(kernel, loops, target) : [];
  return { kernel, loops, held, phases };
}

function scheduleLoop(loop: Loop, insideLanes: boolean, target: Target, own: ReadonlySet<BufferId>): LoopSchedule {
  const carries = carriesOf(loop);
  const folds = foldsOf(loop);
  const carried = [...carries.map((c) => c.acc), ...folds.flatMap((f) => f.accs)];
  const independent = !isSequential(loop, carried, target.parallelism.grid, own);
  const lanes = independent && loop.contiguous && !insideLanes ? lanesFor(loop, target) : 1;
  if (lanes > 1 && loop.v.extent >= lanes) {
    const copies = carries.length > 0 && loop.body.every((s) => s.kind === "reduce" || s.kind === "store") ? target.unroll : 1;
    return { kind: "lanes", lanes, unroll: loop.v.extent >= lanes * copies ? copies : 1, carries, folds };
  }
  return { kind: !independent ? "sequential" : carried.length > 0 ? "reduce" : "parallel", lanes: 1, unroll: 1, carries, folds };
}
/** Accumulators that a loop reduces into but that are set outside it. */
function carriesOf(loop: Loop): Carry[] {
  const set = new Set<Acc>();
  const found = new Map<Acc, Carry>();
  for (const s of statements(loop.body)) {
    if (s.kind === "set") set.add(s.acc);
    else if (s.kind === "reduce") found.set(s.acc, { acc: s.acc, op: s.op });
  }
  return [...found.values()].filter((c) => !set.has(c.acc));
}
/** The same of what it joins by other computations. */
function foldsOf(loop: Loop): Fold[] {
  const all = [...statements(loop.body)];
  const set = new Set(all.flatMap((s) => (s.kind === "set" ? [s.acc] : [])));
  return all.filter((s): s is Fold => s.kind === "fold" && !s.accs.some((a) => set.has(a)));
}
/**
 * Whether an iteration depends on another one in more than what it adds to accumulators.
 * @param atomics whether elements can be changed by several iterations at the same time
 * @param own scratch of which iterations beside one another have one each
 */
function isSequential(loop: Loop, carries: readonly Acc[], atomics: boolean, own: ReadonlySet<BufferId>): boolean {
  const carried = new Set(carries);
  const setInside = new Set<Acc>();
  for (const s of statements(loop.body)) if (s.kind === "set") setInside.add(s.acc);
  const sure = new Set<Acc>();
  const stored = new Set([...statements(loop.body)].flatMap((s) => (s.kind === "store" && !own.has(s.buffer) ? [s.buffer] : [])));
  for (const s of statements(loop.body)) {
    // What is added to an element that other iterations may have written: a scatter.
    let again = false;
    postOrder(readBy(s), (e) => {
      if (e.kind === "load" && e.fresh && stored.has(e.buffer)) again = true;
    });
    if (again && !(atomics && isUpdate(s))) return true;
    if (s.kind === "copy" || s.kind === "tile" || (s.kind === "if" && !(atomics && s.body.every((inner) => inner.kind === "store")))) return true;
    if (s.kind === "store" && !own.has(s.buffer) && !varies(s.index, loop.v) && loop.v.extent > 1) return true;
    if (s.kind === "reduce" && !carried.has(s.acc) && !sure.has(s.acc)) return true;
    if (carried.size + setInside.size > 0) {
      let early = false;
      postOrder(readBy(s), (e) => {
        if (e.kind === "acc" && (carried.has(e.acc) || (setInside.has(e.acc) && !sure.has(e.acc)))) early = true;
      });
      if (early) return true;
    }
    if (s.kind === "set") sure.add(s.acc);
  }
  return false;
}
/** Iterations of a loop that one instruction carries out: as many as vectors have lanes, half of that where elements fill two lanes, else 1. */
function lanesFor(loop: Loop, target: Target): number {
  const { lanes } = target.parallelism;
  if (lanes > 1 && hasLaneForm(loop, target.laneTypes, target)) return lanes;
  return lanes > 1 && target.wideTypes.size > 0 && hasLaneForm(loop, target.wideTypes, target) ? lanes / 2 : 1;
}
/** Whether all statements of a loop can be carried out in lanes: accumulators and stores of lane types, no branches, no copies. */
function hasLaneForm(loop: Loop, types: ReadonlySet<DType>, target: Target): boolean {
  for (const s of statements(loop.body)) {
    if (s.kind === "copy" || s.kind === "tile" || s.kind === "if") return false;
    if (s.kind === "store" && !types.has(s.stored)) return false;
    if (s.kind === "set" && !types.has(s.acc.dtype)) return false;
    if (s.kind === "reduce" && !(types.has(s.acc.dtype) && target.hasLaneForm(s.op, s.acc.dtype))) return false;
  }
  return true;
}
/** Whether a value of a type can be held in lanes, of a loop that has so many. */
export const isHeldInLanes = (d: DType, lanes: number, target: Target): boolean =>
  lanes === target.parallelism.lanes ? target.laneTypes.has(d) : d === "bool" || target.wideTypes.has(d);

/** Whether a value's own operation has a form in lanes. */
function isNativelyInLanes(e: Expr, v: LoopVar, lanes: number, target: Target): boolean {
  const differs = (x: Expr): boolean => x.vars.has(v.id);
  const inLanes = (x: Expr): boolean => isHeldInLanes(x.dtype, lanes, target);
  if (!inLanes(e)) return false;
  const isWide = lanes < target.parallelism.lanes;
  switch (e.kind) {
    case "const":
    case "acc":
    case "select":
      return true;
    case "load":
      // Bytes of booleans are no masks of 64 bits yet.
      return strideOf(partIndex(e), v) === 1 && !(isWide && e.dtype === "bool");
    case "index":
      return Number.isFinite(strideOf(e.index, v));
    case "op": {
      const [x, amount] = e.args;
      if (!x || !e.args.every(inLanes)) return false;
      return target.hasLaneForm(e.op, x.dtype) || (amount !== undefined && !differs(amount) && target.hasLaneShift(e.op, x.dtype));
    }
    case "cast":
      // Between floats and integers of 64 bits there is no instruction.
      return inLanes(e.arg) && !(isWide && e.dtype !== "bool" && e.arg.dtype !== "bool" && isFloat(e.dtype) !== isFloat(e.arg.dtype));
    case "bitcast":
      return inLanes(e.arg) && target.hasLaneBitcast(e.arg.dtype, e.dtype);
    case "unless":
      return e.args.every(inLanes);
    case "call":
      return false;
    default:
      return e satisfies never;
  }
}
/** The values of a loop of lanes, users before operands: each is computed in one form and brought into the other where that is asked for. */
function holdValues(loop: Loop, lanes: number, target: Target, held: Map<Expr, Held>): void {
  const differs = (e: Expr): boolean => e.vars.has(loop.v.id);
  const order: Expr[] = [];
  postOrder(roots(loop.body), (e) => order.push(e), differs);
  const native = new Set(order.filter((e) => isNativelyInLanes(e, loop.v, lanes, target)));
  const inLanes = new Set<Expr>();
  const inScalars = new Set<Expr>();
  for (const s of statements(loop.body)) {
    if (s.kind === "store") {
      (strideOf(partIndex(s), loop.v) === 1 ? inLanes : inScalars).add(s.value);
      for (const e of indexValues(s.index)) inScalars.add(e);
    } else if (s.kind === "set" || s.kind === "reduce") inLanes.add(s.value);
  }
  for (const e of order.reverse()) {
    const own = native.has(e) && !(!inLanes.has(e) && cheaperInScalars(e, native, differs));
    held.set(e, own ? (inScalars.has(e) ? "lanes and scalars" : "lanes") : inLanes.has(e) ? "scalars and lanes" : "scalars");
    if (e.kind === "load" || e.kind === "index") {
      for (const child of indexValues(e.index)) inScalars.add(child);
      continue;
    }
    const children = childrenOf(e);
    const amount = own && e.kind === "op" && !target.hasLaneForm(e.op, e.dtype) ? children[1] : undefined;
    for (const child of children) if (child !== amount || differs(child)) (own ? inLanes : inScalars).add(child);
  }
}
/** A value that only scalars read is computed in scalars where its operands are there anyway: nothing is packed to be taken apart again. */
function cheaperInScalars(e: Expr, native: ReadonlySet<Expr>, differs: (e: Expr) => boolean): boolean {
  if (e.kind === "acc") return false;
  if (e.kind === "load" || e.kind === "index") return true;
  return childrenOf(e).every((x) => !differs(x) || !native.has(x) || x.kind === "load" || x.kind === "index");
}
