// How a kernel becomes grids of threads, for targets that have them. Its statements are cut into phases, which are started one after another: what a phase
// stores the next ones may read. In a phase the outer parallel loops are the grid. A thread has an element of the grid to itself; or, where there is much to
// reduce for each and few of them, a whole work group has one, and its threads share the loops inside.
import { type Acc, type Expr, type Fold, type Kernel, type Stmt } from "./ir.ts";
import type { Target } from "../target.ts";
import { type Product, findProduct } from "./blocks.ts";
import type { LoopVar } from "./ix.ts";
import { type Quads, quadsOf } from "./quads.ts";
import type { LoopSchedule } from "./schedule.ts";
import { strideOf } from "./strides.ts";
import { postOrder, readBy, statements } from "./walk.ts";

type Loop = Stmt & { readonly kind: "loop" };
export interface Phase {
  /** The loops of the grid, the outermost first; none: there is one element. */
  readonly grid: readonly LoopVar[];
  /** Whether an element is a work group's; else it is a thread's. */
  readonly shared: boolean;
  /** A product of matrices, which work groups compute block by block. */
  readonly product: Product | null;
  /** A long reduction of few elements, which many work groups share: the first phase of two leaves a part of each, the second adds them up. */
  readonly split: Split | null;
  /** Running values along a row, which a work group, or many, compute together. */
  readonly scan: Scan | null;
  /** Whether a thread has four neighbouring elements, and which loads are of four. */
  readonly quads: Quads | null;
  readonly body: readonly Stmt[];
}
export interface Split {
  readonly parts: number;
  readonly chain: Chain;
  readonly first: boolean;
}
/**
 * A loop whose iterations read what all before them have gathered. Of a long row each of several work groups has a part: a first phase leaves what each part
 * gathers, and in a second one each begins with what the parts before it left. No work group waits for another one.
 */
export interface Scan {
  readonly v: LoopVar;
  readonly fold: Fold;
  /** What each iteration does with the running values. */
  readonly after: readonly Stmt[];
  readonly parts: number;
  /** Iterations of a part. */
  readonly length: number;
  readonly first: boolean;
}
/** A loop, and those that stand alone inside one another in it: a work group shares the iterations of all of them together. */
export interface Chain {
  readonly vars: readonly LoopVar[];
  readonly body: readonly Stmt[];
}
/** Fewer iterations than this are not worth the barriers of a work group. */
const LEAST_SHARED = 64;
/** With so many elements a GPU has work for its threads: sharing pays only where neighbouring threads then read neighbouring elements. */
const MANY_ELEMENTS = 2048;

/** Cuts a kernel into phases, and notes which loops are of the grid and which are shared. */
export function gridPhases(kernel: Kernel, loops: Map<LoopVar, LoopSchedule>, target: Target): Phase[] {
  const { body } = kernel;
  // Statements that share accumulators stay together.
  const parts = body.some((s) => s.kind === "set" || s.kind === "reduce") ? [body] : body.map((s) => [s]);
  return parts.flatMap((part) => phasesOf(kernel, part, loops, target));
}
function phasesOf(kernel: Kernel, part: readonly Stmt[], loops: Map<LoopVar, LoopSchedule>, { block, parallelism: { group } }: Target): Phase[] {
  const grid: LoopVar[] = [];
  let body = part;
  for (let only = onlyLoop(body); only && loops.get(only.v)?.kind === "parallel"; only = onlyLoop(body)) {
    grid.push(only.v);
    body = only.body;
  }
  const product = block ? findProduct(grid, body, loops, block) : null;
  const elements = grid.reduce((n, v) => n * v.extent, 1);
  for (const v of grid) mark(loops, v, "grid");
  if (product) {
    for (const v of product.depth) mark(loops, v, "group");
    return [{ grid, shared: false, product, split: null, scan: null, quads: null, body }];
  }
  const scan = group > 1 ? scanOf(body, loops, elements) : null;
  if (scan) {
    mark(loops, scan.v, "group");
    const phase = { grid, shared: true, product: null, split: null, quads: null, body };
    return (scan.parts > 1 ? [true, false] : [false]).map((first) => ({ ...phase, scan: { ...scan, first } }));
  }
  const shared = group > 1 && isWorthSharing(body, loops, elements);
  if (shared) for (const s of body) if (s.kind === "loop") for (const v of chainOf(s, loops)?.vars ?? []) mark(loops, v, "group");
  const quads = shared ? null : quadsOf(kernel, grid, body);
  const phase = { grid, shared, product: null, split: null, scan: null, quads, body };
  const split = shared ? splitOf(body, loops, elements) : null;
  return split ? [true, false].map((first) => ({ ...phase, split: { ...split, first } })) : [phase];
}
/** From so many iterations on, several work groups reduce to one element. */
const LEAST_SPLIT = 65_536;
/** Iterations of each of them, and how many there are at most. */
const PART = 4096;
const MOST_PARTS = 1024;
/** With so many elements there are work groups enough. */
const ENOUGH_ELEMENTS = 64;
function splitOf(body: readonly Stmt[], loops: ReadonlyMap<LoopVar, LoopSchedule>, elements: number): Omit<Split, "first"> | null {
  if (elements >= ENOUGH_ELEMENTS) return null;
  const inner = body.filter((s): s is Loop => s.kind === "loop");
  const chain = inner.length === 1 && inner[0] ? chainOf(inner[0], loops) : null;
  if (
    !chain ||
    chain.body.some((s) => s.kind !== "reduce" && s.kind !== "fold") ||
    body.some((s) => s.kind !== "set" && s.kind !== "loop" && s.kind !== "store")
  )
    return null;
  const count = chain.vars.reduce((n, v) => n * v.extent, 1);
  return count < LEAST_SPLIT ? null : { chain, parts: Math.min(MOST_PARTS, Math.ceil(count / PART)) };
}
function scanOf(body: readonly Stmt[], loops: ReadonlyMap<LoopVar, LoopSchedule>, elements: number): Omit<Scan, "first"> | null {
  const loop = body.at(-1);
  const [fold, ...after] = loop?.kind === "loop" ? loop.body : [];
  if (loop?.kind !== "loop" || fold?.kind !== "fold" || loops.get(loop.v)?.kind !== "sequential") return null;
  if (body.slice(0, -1).some((s) => s.kind !== "set") || after.some((s) => s.kind !== "store") || readsOwnStores(body)) return null;
  const count = loop.v.extent;
  if (count < LEAST_SHARED || (elements >= MANY_ELEMENTS && !runsAlong(after, loop.v))) return null;
  const many = elements < ENOUGH_ELEMENTS && count >= LEAST_SPLIT;
  const length = many ? Math.max(PART, Math.ceil(count / MOST_PARTS / PART) * PART) : count;
  return { v: loop.v, fold, after, parts: Math.ceil(count / length), length };
}
/** Whether neighbouring iterations of a loop store to neighbouring elements. */
const runsAlong = (body: readonly Stmt[], v: LoopVar): boolean => body.some((s) => s.kind === "store" && Math.abs(strideOf(s.index, v)) === 1);
const onlyLoop = (body: readonly Stmt[]): Loop | null => (body.length === 1 && body[0]?.kind === "loop" ? body[0] : null);
function mark(loops: Map<LoopVar, LoopSchedule>, v: LoopVar, kind: "grid" | "group"): void {
  const plan = loops.get(v);
  if (plan) loops.set(v, { ...plan, kind });
}
const SHARABLE: ReadonlySet<string> = new Set(["parallel", "reduce", "group"]);
/** The loops that a work group shares from this one on; null where iterations depend on one another. */
export function chainOf(loop: Loop, loops: ReadonlyMap<LoopVar, LoopSchedule>): Chain | null {
  const vars: LoopVar[] = [];
  let body: readonly Stmt[] = [loop];
  for (let only = onlyLoop(body); only && SHARABLE.has(loops.get(only.v)?.kind ?? ""); only = onlyLoop(body)) {
    vars.push(only.v);
    body = only.body;
  }
  return vars.length > 0 ? { vars, body } : null;
}
function isWorthSharing(body: readonly Stmt[], loops: ReadonlyMap<LoopVar, LoopSchedule>, elements: number): boolean {
  let longest = 0;
  let alongMemory = false;
  for (const s of body) {
    if (s.kind === "copy" || s.kind === "tile" || s.kind === "if") return false;
    if (s.kind !== "loop") continue;
    const chain = chainOf(s, loops);
    if (!chain) {
      // Iterations that depend on one another would be gone through by every thread alike.
      if (hasStores(s.body)) return false;
      continue;
    }
    longest = Math.max(
      longest,
      chain.vars.reduce((n, v) => n * v.extent, 1),
    );
    alongMemory ||= innermost(s).contiguous;
  }
  if (longest < LEAST_SHARED || readsOwnStores(body)) return false;
  return alongMemory || elements < MANY_ELEMENTS;
}
const hasStores = (body: readonly Stmt[]): boolean => [...statements(body)].some((s) => s.kind === "store");
function innermost(loop: Loop): Loop {
  const inner = onlyLoop(loop.body);
  return inner ? innermost(inner) : loop;
}
/** Whether a thread may read what another one has stored. */
function readsOwnStores(body: readonly Stmt[]): boolean {
  let found = false;
  for (const s of statements(body))
    postOrder(readBy(s), (e: Expr) => {
      if (e.kind === "load" && e.fresh) found = true;
    });
  return found;
}
/** The accumulators that statements assign or add to. */
export function accumulatorsOf(body: readonly Stmt[]): ReadonlySet<Acc> {
  return new Set([...statements(body)].flatMap((s) => (s.kind === "fold" ? s.accs : s.kind === "set" || s.kind === "reduce" ? [s.acc] : [])));
}
