// Which loops of a kernel several threads share. A turn of such a loop gives the same whoever carries it out and when: threads take turns as they come, and the bits
// are those of one thread. Sums that go on from turn to turn are no obstacle: what each turn adds is written down, and added up in order afterwards.
import { itemsize } from "../../core/dtypes.ts";
import type { Acc, BufferId, Kernel, Stmt } from "../kernel/ir.ts";
import type { LoopVar } from "../kernel/ix.ts";
import type { Carry, Schedule } from "../kernel/schedule.ts";
import { partIndex, strideOf } from "../kernel/strides.ts";
import { postOrder, readBy, statements } from "../kernel/walk.ts";

type Loop = Stmt & { readonly kind: "loop" };
/** A loop that threads share. */
export interface Split {
  /** What is added in its turns, to be added up in order. */
  readonly carries: readonly Carry[];
  /** Accumulators that its turns read and that are set before it. */
  readonly reads: readonly Acc[];
  /** Buffers of which each thread has its own. */
  readonly own: readonly BufferId[];
}
/** Nanoseconds of work, roughly, from which on it is worth waking threads for: on a machine that does other things as well, a thread comes late now and then. */
const LEAST_WORK = 80_000;
/** Bytes that a thread may have of its own: they lie on its stack. */
const MOST_OWN = 192 * 1024;
/** A loop of fewer turns is passed over where one inside it has more, and is worth it too. */
const FEW_TURNS = 8;

export function splitLoops({ kernel, loops }: Schedule): Map<LoopVar, Split> {
  const found = new Map<LoopVar, Split>();
  const order = [...statements(kernel.body)];
  const visit = (body: readonly Stmt[], outermost: Loop | null): void => {
    for (const s of body) {
      if (s.kind !== "loop" || work(s, loops) < LEAST_WORK) continue;
      const split = splitOf(s, kernel, loops, order, outermost ?? s);
      const isShort = s.v.extent < FEW_TURNS && s.body.some((inner) => inner.kind === "loop" && inner.v.extent > s.v.extent && inner.v.extent > 1);
      const before = found.size;
      if ((!split || isShort) && loops.get(s.v)?.kind !== "lanes") visit(s.body, outermost ?? s);
      if (split && found.size === before) found.set(s.v, split);
    }
  };
  visit(kernel.body, null);
  return found;
}

/** Nanoseconds, roughly. */
function work(s: Stmt, loops: Schedule["loops"]): number {
  if (s.kind === "loop") {
    const inside = s.body.reduce((sum, t) => sum + work(t, loops), 0);
    return (s.v.extent * inside) / (loops.get(s.v)?.lanes ?? 1);
  }
  if (s.kind === "if") return s.body.reduce((sum, t) => sum + work(t, loops), 1);
  if (s.kind === "tile") return (s.rows * s.columns * s.k) / 30;
  let operations = 0;
  postOrder(readBy(s), (e) => {
    if (e.kind === "op" || e.kind === "cast" || e.kind === "load") operations++;
  });
  return 0.5 + operations / 4;
}

function splitOf(loop: Loop, kernel: Kernel, loops: Schedule["loops"], order: readonly Stmt[], outermost: Loop): Split | null {
  const plan = loops.get(loop.v);
  const inside = [...statements(loop.body)];
  if (!plan || inside.some((s) => s.kind === "copy" || s.kind === "fold")) return null;
  const own = ownBuffers(kernel, inside, order);
  // Lanes add up in accumulators of their own.
  if (plan.kind === "lanes" && plan.carries.length > 0) return null;
  if (!plan.carries.every(({ acc }) => isLogged(acc, loop, inside))) return null;
  const setInside = new Set(inside.flatMap((s) => (s.kind === "set" ? [s.acc] : [])));
  const stored = new Set(inside.flatMap((s) => (s.kind === "store" ? [s.buffer] : s.kind === "tile" ? [s.out] : [])).filter((b) => !own.includes(b)));
  const carried = new Set(plan.carries.map((c) => c.acc));
  const reads = new Set<Acc>();
  const sure = new Set<Acc>();
  let isFit = true;
  for (const s of inside) {
    if (s.kind === "store" && !own.includes(s.buffer)) isFit &&= movesOn(strideOf(partIndex(s), loop.v));
    if (s.kind === "tile") {
      if (!own.includes(s.out)) isFit &&= movesOn(strideOf(s.outIndex, loop.v));
      isFit &&= !stored.has(s.a) && !stored.has(s.b);
    }
    if (s.kind === "reduce" && !carried.has(s.acc) && !sure.has(s.acc)) isFit = false;
    postOrder(readBy(s), (e) => {
      if (e.kind === "load" && stored.has(e.buffer)) isFit = false;
      if (e.kind !== "acc" || sure.has(e.acc)) return;
      if (carried.has(e.acc) || setInside.has(e.acc)) isFit = false;
      else reads.add(e.acc);
    });
    if (s.kind === "set") sure.add(s.acc);
  }
  if (!isFit || [...setInside].some((acc) => isReadAfter(acc, loop, order, outermost))) return null;
  return { carries: plan.carries, reads: [...reads], own };
}
/**
 * Scratch that each turn writes anew before it reads it: a tile where the turn computes tiles and what comes after them; and what nothing outside of the loop touches,
 * such as what is packed for one product of several. Kernels leave nothing there for later turns.
 */
function ownBuffers({ buffers }: Kernel, inside: readonly Stmt[], order: readonly Stmt[]): BufferId[] {
  const within = new Set(inside);
  const isOwn = (b: BufferId): boolean => {
    const uses = inside.map((s) => touched(s).get(b)).filter((use) => use !== undefined);
    if (uses[0] !== "write") return false;
    const isTile = buffers[b]!.isOwn === true && uses.at(-1) === "read" && inside.some((s) => s.kind === "tile" && s.out === b);
    return isTile || order.every((s) => within.has(s) || !touched(s).has(b));
  };
  const own = buffers.flatMap((b, i) => (b.role === "scratch" && isOwn(i) ? [i] : []));
  return own.reduce((sum, i) => sum + bytesOf(buffers[i]!), 0) > MOST_OWN ? [] : own;
}
const bytesOf = ({ size, dtype }: Kernel["buffers"][number]): number => size * itemsize(dtype);
/** The buffers that a statement touches itself: it reads them first, or writes them; a tile that is added to is both. */
function touched(s: Stmt): Map<BufferId, "read" | "write" | "tile"> {
  const found = new Map<BufferId, "read" | "write" | "tile">();
  if (s.kind === "store") found.set(s.buffer, "write");
  if (s.kind === "tile") found.set(s.out, s.adds ? "tile" : "write").set(s.a, "read").set(s.b, "read");
  postOrder(readBy(s), (e) => {
    if (e.kind === "load") found.set(e.buffer, "read");
  });
  return found;
}
const movesOn = (stride: number): boolean => Number.isFinite(stride) && stride !== 0;
/** Whether each turn adds to an accumulator once, at its own level. */
function isLogged(acc: Acc, loop: Loop, inside: readonly Stmt[]): boolean {
  const adds = inside.filter((s) => s.kind === "reduce" && s.acc === acc);
  return adds.length === 1 && loop.body.includes(adds[0]!);
}
/** Whether what a loop's last turn has left in an accumulator is read: later, or earlier in the next turn of a loop around it. */
function isReadAfter(acc: Acc, loop: Loop, order: readonly Stmt[], outermost: Loop): boolean {
  const begin = order.indexOf(loop);
  const end = begin + 1 + [...statements(loop.body)].length;
  for (const s of [...order.slice(end), ...order.slice(order.indexOf(outermost), begin)]) {
    let isRead = s.kind === "reduce" && s.acc === acc;
    postOrder(readBy(s), (e) => {
      if (e.kind === "acc" && e.acc === acc) isRead = true;
    });
    if (isRead) return true;
    if (s.kind === "set" && s.acc === acc) return false;
  }
  return false;
}
