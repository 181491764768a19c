// What a kernel costs, predicted from its schedule: the instructions that its loops carry out, by class and by the operation of the graph that each was
// made for, how long they wait for one another, and the memory that it moves. So a power weighs what it weighs, and so do gathers and the arithmetic of
// indices. What is counted is data (`KernelWork`): the machine's costs turn it into time, and calibration solves it for them.
import { isFloat, isHalf, itemsize } from "../../core/dtypes.ts";
import type { Node } from "../../graph/graph.ts";
import { type Expr, type Stmt, childrenOf } from "../kernel/ir.ts";
import type { Ix } from "../kernel/ix.ts";
import type { Schedule } from "../kernel/schedule.ts";
import { postOrder, roots } from "../kernel/walk.ts";
import { farApart } from "./strided.ts";
import { besideNs, reachAt } from "./reach.ts";
import { type CostClass, type CostTable } from "./table.ts";
import type { Traffic } from "./traffic.ts";
import { type Waits, WaitsVisitor } from "./waits.ts";
import { type Body, type Site, walkKernel } from "./walk.ts";
import { reduceWork, workOf } from "./work.ts";

/** Instructions of a class, or calls of a function of the library, in one call of the kernel. */
type Count = (what: CostClass | { readonly call: string }, times: number, of: Node | null, body: Body) => void;
export interface BodyWork {
  readonly body: Body;
  readonly waits: Waits | null;
  readonly classes: ReadonlyMap<CostClass, number>;
  readonly calls: ReadonlyMap<string, number>;
}
export interface KernelWork {
  readonly bodies: readonly BodyWork[];
  /** The same by operation; what was made for none is left out. */
  readonly nodes: ReadonlyMap<Node, Pick<BodyWork, "classes" | "calls">>;
}
interface Sums {
  readonly classes: Map<CostClass, number>;
  readonly calls: Map<string, number>;
}
const add = <K>(to: Map<K, number>, key: K, n: number): void => void to.set(key, (to.get(key) ?? 0) + n);

export function kernelWork(schedule: Schedule): KernelWork {
  const bodies = new Map<Body, Sums>();
  const nodes = new Map<Node, Sums>();
  const sumsOf = <K>(of: Map<K, Sums>, key: K): Sums => {
    let have = of.get(key);
    if (!have) of.set(key, (have = { classes: new Map(), calls: new Map() }));
    return have;
  };
  const count: Count = (what, times, of, body) => {
    for (const sums of [sumsOf(bodies, body), ...(of ? [sumsOf(nodes, of)] : [])])
      if (typeof what === "string") add(sums.classes, what, times);
      else add(sums.calls, what.call, times);
  };
  const crowded = constantsOf(schedule) > REGISTERS;
  const waits = new WaitsVisitor();
  walkKernel(schedule, {
    value(e, at) {
      countValue(e, at, crowded, count);
      waits.value(e, at);
    },
    statement(s, at) {
      countStatement(s, at, count);
      waits.statement(s, at);
    },
    loop(body) {
      count("loop", body.times / body.turns, null, body);
      count("iteration", body.times / body.copies, null, body);
    },
  });
  return { bodies: [...bodies].map(([body, sums]) => ({ body, waits: waits.bodies.get(body) ?? null, ...sums })), nodes };
}
/** Constants that stay in registers beside what is computed; of more, each use is a load. */
const REGISTERS = 8;
function constantsOf({ kernel }: Schedule): number {
  let constants = 0;
  postOrder(roots(kernel.body), (e) => {
    if (e.kind === "const") constants++;
  });
  return constants;
}
function countValue(e: Expr, { times, lanes, held, body }: Site, crowded: boolean, count: Count): void {
  const vector = lanes > 1;
  const own = (what: CostClass, n = 1): void => count(what, times * n, e.of, body);
  const { instructions } = workOf(e, vector);
  switch (e.kind) {
    case "const":
    case "acc":
      return;
    case "index":
      own("integer", indexWork(e.index));
      break;
    case "load":
      own(vector ? "access" : (farApart(e.index, itemsize(e.stored)) ?? "single"));
      own("integer", indexWork(e.index));
      if (isHalf(e.dtype)) own("half", lanes);
      break;
    case "cast":
      if (isHalf(e.dtype) || isHalf(e.arg.dtype)) own("half", lanes);
      else own(vector ? "lanes" : "scalar", instructions);
      break;
    case "bitcast":
      break;
    case "unless":
    case "select":
      own(vector ? "lanes" : "scalar", instructions);
      break;
    case "call":
      count({ call: e.fn }, times * lanes, e.of, body);
      break;
    case "op":
      own(classOf(e, vector), instructions);
      break;
  }
  if (crowded && vector) own("lanes", childrenOf(e).filter((x) => x.kind === "const").length);
  // One more form of the same value: each lane is taken out, or put in.
  if (held === "lanes and scalars") own("pack");
  else if (held === "scalars and lanes") count("pack", times / 4, e.of, body);
}
function classOf(e: Expr & { readonly kind: "op" }, vector: boolean): CostClass {
  if (e.op === "div" || e.op === "rem" || e.op === "sqrt")
    return vector ? "lanesDivide" : isFloat(e.args[0]?.dtype ?? e.dtype) ? "divide" : "quotient";
  return vector ? "lanes" : "scalar";
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
function countStatement(s: Stmt, { times, lanes, body }: Site, count: Count): void {
  const vector = lanes > 1;
  switch (s.kind) {
    case "store":
      count(vector ? "access" : (farApart(s.index, itemsize(s.stored)) ?? "single"), times, s.value.of, body);
      count("integer", times * indexWork(s.index), s.value.of, body);
      if (isHalf(s.stored)) count("half", times * lanes, s.value.of, body);
      return;
    case "reduce":
      return count(vector ? "lanes" : "scalar", times * reduceWork(s.op, s.value, vector).instructions, s.of ?? s.value.of, body);
    case "tile":
      return count("tile", times * s.k * tileStep(s.rows, s.columns), s.of ?? null, body);
    case "copy":
      return count("access", s.bytes / 16, null, body);
    case "loop":
    case "set":
    case "fold":
    case "if":
      return;
  }
}
/** Instructions of a step along the contracted axis of a tile of four rows and eight columns, and of what a step takes the part in which sums wait for the step before. */
const WHOLE_STEP = stepInstructions(4, 8);
const WAITING = 0.9;
/**
 * A step of a tile, in multiplications and additions of a whole tile of 4×8: a row of it loads as often as it multiplies, and however small it is, its sums
 * wait for those of the step before.
 */
const tileStep = (rows: number, columns: number): number => 4 * 8 * Math.max(WAITING, stepInstructions(rows, columns) / WHOLE_STEP);
/** Vectors of the columns, the rows' elements spread, and products and sums of both. */
function stepInstructions(rows: number, columns: number): number {
  const vectors = columns / 4;
  return vectors + rows + 2 * rows * vectors + 2;
}
export interface KernelCost {
  /** Milliseconds of one call. */
  readonly ms: number;
  /** Nanoseconds of each operation; what belongs to none is spread over all by their parts. */
  readonly nodes: ReadonlyMap<Node, number>;
}
/** @param threads that share its loops; memory gives them no more than one */
export function kernelCost(schedule: Schedule, traffic: Traffic, table: CostTable, threads = 1): KernelCost {
  const work = kernelWork(schedule);
  const ns = workNs(work, table) / threads;
  const nodes = new Map([...work.nodes].map(([n, sums]) => [n, sumNs(sums, table)]));
  const known = [...nodes.values()].reduce((a, b) => a + b, 0);
  const scale = known > 0 ? ns / known : 1;
  for (const [n, own] of nodes) nodes.set(n, own * scale);
  return { ms: (Math.max(ns, movedNs(traffic, table)) + startNs(work, traffic, table)) / 1e6, nodes };
}
/** Nanoseconds of what a kernel carries out, its memory in the caches. */
export const workNs = ({ bodies }: KernelWork, table: CostTable): number => bodies.reduce((s, b) => s + bodyNs(b, table), 0);
function sumNs({ classes, calls }: Pick<BodyWork, "classes" | "calls">, table: CostTable): number {
  let ns = 0;
  for (const [c, n] of classes) ns += n * table.ns[c];
  for (const [name, n] of calls) ns += n * (table.calls[name] ?? table.otherCall);
  return ns;
}
/** Instructions that the processor looks ahead, as work.ts counts them. */
const AHEAD = 240;
/** As instructions: what is several. */
const INSTRUCTIONS: Partial<Record<CostClass, number>> = { pack: 5, half: 8, iteration: 3, loop: 0, tile: 0.3 };
/**
 * A body's turns: what the processor has to carry out, how long one result waits for another, and what is handed on from turn to turn. Turns overlap as far
 * as the processor looks ahead: of a long chain of operations one hardly begins before the one before it ends. The longest of the three is what a turn
 * takes; where two are alike, they get into each other's way.
 */
function bodyNs(b: BodyWork, table: CostTable): number {
  const turning = (b.classes.get("iteration") ?? 0) * table.ns.iteration;
  const ns = sumNs(b, table) - turning;
  if (!b.waits) return ns + turning;
  const { times, turns, copies } = b.body;
  const overlap = Math.min(1, turnOf(b) / AHEAD);
  // The last turn has none after it to overlap with. Where a loop is entered many times, what comes after it is the next time.
  const last = times === turns ? 1 - overlap : 0;
  const parts = [ns, turning, table.wait * b.waits.chain * (times * overlap + last), (table.carry * times * b.waits.carried) / copies];
  return Math.cbrt(parts.reduce((s, x) => s + x ** 3, 0));
}
/** Nanoseconds of what is not in the nearest caches any more, by how long ago each array was touched; of one that is gone through, as long as it is at least. */
export function movedNs({ arrays }: Traffic, { memory }: CostTable): number {
  let reading = 0;
  let writing = 0;
  for (const { bytes, lines, written, since } of arrays) {
    const far = reachAt(memory, Math.max(bytes, since));
    reading += lines * far.read;
    writing += written * far.written;
  }
  return besideNs(reading, writing);
}
/** Nanoseconds of starting a kernel: its code may be as far away as what it reads. */
export const startNs = (work: KernelWork, { idle }: Traffic, { launch, memory }: CostTable): number =>
  launch + codeOf(work) * reachAt(memory, idle).code;
/** Instructions of a kernel's code, of loops one turn. */
export const codeOf = ({ bodies }: KernelWork): number => bodies.reduce((s, b) => s + Math.min(MOST_CODE, b.body.copies * turnOf(b)), 0);
/** A body of more is one instruction counted often. */
const MOST_CODE = 2000;
function turnOf({ classes, calls, body }: BodyWork): number {
  let instructions = 0;
  for (const [c, n] of classes) instructions += n * (INSTRUCTIONS[c] ?? 1);
  for (const n of calls.values()) instructions += n * CALL;
  return instructions / body.times;
}
/** A call of the library, as instructions. */
const CALL = 20;
