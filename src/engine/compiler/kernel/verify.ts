// What must hold of a kernel and its schedule before code is made of it. Tests run it over every kernel that the laws' programs compile to.
import type { DType } from "../../core/dtypes.ts";
import { isComplex, realPart } from "../../core/dtypes.ts";
import type { Target } from "../target.ts";
import { type Acc, type Expr, type Kernel, type Stmt, dependence, regOf } from "./ir.ts";
import { type Ix, type LoopVar, addConst } from "./ix.ts";
import { type Schedule, isHeldInLanes } from "./schedule.ts";
import { partIndex, strideOf, varies } from "./strides.ts";
import { postOrder, readBy, statements } from "./walk.ts";

export class KernelError extends Error {}

/** Throws KernelError, with the kernel's name and what is wrong, if the kernel is not well formed. */
export function verifyKernel(k: Kernel): void {
  new Verifier(k).run();
}
/** Throws KernelError if a schedule runs a loop in a way that changes what the kernel means, or that the target cannot carry out. */
export function verifySchedule(s: Schedule, target: Target): void {
  const { kernel } = s;
  const fail = failure(kernel);
  const visit = (body: readonly Stmt[], around: LoopVar | null): void => {
    for (const stmt of body) {
      if (stmt.kind === "if") visit(stmt.body, around);
      if (stmt.kind !== "loop") continue;
      const plan = s.loops.get(stmt.v);
      if (!plan) throw fail(`loop v${stmt.v.id} has no schedule`);
      if (plan.kind === "lanes") {
        if (around) throw fail(`loop v${stmt.v.id} runs in lanes inside loop v${around.id}, which does too`);
        if (plan.lanes > stmt.v.extent) throw fail(`loop v${stmt.v.id} has ${stmt.v.extent} iterations, fewer than ${plan.lanes} lanes`);
      }
      visit(stmt.body, plan.kind === "lanes" ? stmt.v : around);
      if (plan.kind === "lanes") verifyLanes(stmt, s, target, fail);
    }
  };
  visit(kernel.body, null);
}
const failure =
  (k: Kernel) =>
  (what: string): KernelError =>
    new KernelError(`kernel ${k.name}: ${what}`);

function verifyLanes(loop: Stmt & { readonly kind: "loop" }, s: Schedule, target: Target, fail: (what: string) => KernelError): void {
  const set = new Set<Acc>();
  for (const stmt of statements(loop.body)) if (stmt.kind === "set") set.add(stmt.acc);
  const { carries = [], lanes = 1 } = s.loops.get(loop.v) ?? {};
  const carried = new Set(carries.map((c) => c.acc));
  const known = new Set<Acc>();
  for (const stmt of statements(loop.body)) {
    if (stmt.kind === "copy" || stmt.kind === "tile" || stmt.kind === "if") throw fail(`a ${stmt.kind} stands in a loop of lanes`);
    if (stmt.kind === "store" && !varies(stmt.index, loop.v)) throw fail(`all lanes store to the same element of ${nameOf(s.kernel, stmt.buffer)}`);
    if (stmt.kind === "store" && !isHeldInLanes(stmt.stored, lanes, target)) throw fail(`${stmt.stored} is stored in lanes`);
    if (stmt.kind === "reduce" && !set.has(stmt.acc) && !carried.has(stmt.acc))
      throw fail(`accumulator a${stmt.acc.id} is not carried by the lanes that add to it`);
    postOrder(readBy(stmt), (e) => {
      if (e.kind === "acc" && carried.has(e.acc)) throw fail(`accumulator a${e.acc.id} is read before its lanes are folded`);
      if (e.kind === "acc" && set.has(e.acc) && !known.has(e.acc)) throw fail(`lanes read accumulator a${e.acc.id} of the iteration before`);
      if (!e.vars.has(loop.v.id)) return;
      const held = s.held.get(e);
      if (!held) throw fail(`e${e.id} differs between lanes and has no form`);
      if (held.startsWith("lanes") && !isHeldInLanes(e.dtype, lanes, target)) throw fail(`e${e.id} (${e.dtype}) is held in lanes`);
      if (held.startsWith("lanes") && e.kind === "load" && strideOf(partIndex(e), loop.v) !== 1)
        throw fail(`e${e.id} loads elements apart into lanes`);
      if (held.startsWith("lanes") && e.kind === "call") throw fail(`${e.fn} has no form in lanes`);
    });
    if (stmt.kind === "set") known.add(stmt.acc);
  }
}
const nameOf = (k: Kernel, buffer: number): string => k.buffers[buffer]?.name ?? `buffer ${buffer}`;

class Verifier {
  readonly #fail: (what: string) => KernelError;
  readonly #open = new Set<number>();
  readonly #set = new Set<Acc>();
  readonly #written = new Set<number>();
  readonly #seen = new Set<Expr>();
  constructor(readonly k: Kernel) {
    this.#fail = failure(k);
  }
  run(): void {
    this.#block(this.k.body, 0);
    for (const [i, b] of this.k.buffers.entries())
      if (b.role === "out" && b.size > 0 && !this.#written.has(i)) throw this.#fail(`nothing is stored to its result ${b.name}`);
  }
  #block(body: readonly Stmt[], depth: number): void {
    for (const s of body) {
      if (s.kind === "fold") for (const a of [...s.left, ...s.right]) this.#set.add(a);
      for (const e of readBy(s)) this.#value(e);
      this.#stmt(s, depth);
    }
  }
  #stmt(s: Stmt, depth: number): void {
    switch (s.kind) {
      case "loop": {
        if (s.v.depth <= depth) throw this.#fail(`loop v${s.v.id} says depth ${s.v.depth} inside a loop of depth ${depth}`);
        this.#open.add(s.v.id);
        this.#block(s.body, s.v.depth);
        this.#open.delete(s.v.id);
        // Values that depend on the loop are other values in the next loop over the same variable.
        return;
      }
      case "if":
        this.#sameType(s.cond.dtype, "bool", "a condition");
        return this.#block(s.body, depth);
      case "store":
        this.#access(s.buffer, s.index, s.stored, "stores to");
        if (this.k.buffers[s.buffer]?.role === "in") throw this.#fail(`stores to its operand ${nameOf(this.k, s.buffer)}`);
        this.#sameType(s.value.dtype, realPart(s.stored), `the value stored to ${nameOf(this.k, s.buffer)}`);
        this.#written.add(s.buffer);
        return;
      case "set":
        this.#sameType(s.value.dtype, s.acc.dtype, `the value of accumulator a${s.acc.id}`);
        this.#set.add(s.acc);
        return;
      case "reduce":
        if (!this.#set.has(s.acc)) throw this.#fail(`accumulator a${s.acc.id} is added to before it is set`);
        this.#sameType(s.value.dtype, s.acc.dtype, `what is added to accumulator a${s.acc.id}`);
        return;
      case "fold":
        s.accs.forEach((acc, i) => {
          if (!this.#set.has(acc)) throw this.#fail(`accumulator a${acc.id} is joined before it is set`);
          for (const e of [s.values[i], s.joined[i], s.identity[i]])
            this.#sameType(e?.dtype ?? "bool", acc.dtype, `what is joined to accumulator a${acc.id}`);
        });
        return;
      case "copy": {
        const to = this.k.buffers[s.to];
        const from = this.k.buffers[s.from];
        if (!to || !from || to.role === "in") throw this.#fail("copies to an operand or between buffers that it does not have");
        this.#written.add(s.to);
        return;
      }
      case "tile":
        for (const b of [s.a, s.b])
          if (!this.#written.has(b) && this.k.buffers[b]?.role !== "in")
            throw this.#fail(`multiplies the panel ${nameOf(this.k, b)} before it is packed`);
        this.#inside(s.a, s.aIndex, "reads");
        this.#inside(s.a, addConst(s.aIndex, (s.rows - 1) * s.aRow + (s.k - 1) * s.aStep), "reads");
        this.#inside(s.b, s.bIndex, "reads");
        this.#inside(s.b, addConst(s.bIndex, (s.k - 1) * s.bStep + s.columns - 1), "reads");
        this.#inside(s.out, s.outIndex, "writes");
        if (s.adds && !this.#written.has(s.out)) throw this.#fail(`adds to ${nameOf(this.k, s.out)} before it is written`);
        this.#written.add(s.out);
        return;
      default:
        s satisfies never;
    }
  }
  /** An expression and what it is made of, the first time that it is met. */
  #value(root: Expr): void {
    postOrder(
      [root],
      (e) => this.#expression(e),
      (e) => {
        if (this.#seen.has(e)) {
          if (e.vars.size > 0) this.#variablesOpen(e);
          return false;
        }
        this.#seen.add(e);
        return true;
      },
    );
  }
  #variablesOpen(e: Expr): void {
    for (const v of e.vars) if (!this.#open.has(v)) throw this.#fail(`e${e.id} is read outside loop v${v}, which it depends on`);
  }
  #expression(e: Expr): void {
    this.#variablesOpen(e);
    switch (e.kind) {
      case "load": {
        this.#access(e.buffer, e.index, e.stored, "loads from");
        const role = this.k.buffers[e.buffer]?.role;
        if (role === "out" && !e.fresh) throw this.#fail(`loads its result ${nameOf(this.k, e.buffer)} as if nothing had been stored there`);
        if (role === "scratch" && !this.#written.has(e.buffer)) throw this.#fail(`loads scratch ${nameOf(this.k, e.buffer)} before it is written`);
        const { depth, vars } = dependence(e.index);
        if (e.depth < depth || [...vars].some((v) => !e.vars.has(v))) throw this.#fail(`the load e${e.id} hides what its index depends on`);
        return;
      }
      case "acc":
        if (!this.#set.has(e.acc)) throw this.#fail(`accumulator a${e.acc.id} is read before it is set`);
        this.#sameType(e.dtype, e.acc.dtype, `accumulator a${e.acc.id}`);
        return;
      case "op":
      case "select":
        for (const a of e.args) if (a.depth > e.depth) throw this.#fail(`e${e.id} is made outside the loop of its operand e${a.id}`);
        if (e.kind === "select") this.#sameType(e.args[1].dtype, e.args[2].dtype, "the two sides of a choice");
        else if (e.args[1] && regOf(e.args[0]?.dtype ?? e.dtype) !== regOf(e.args[1].dtype))
          throw this.#fail(`${e.op} joins ${e.args.map((a) => a.dtype).join(" and ")}`);
        if (e.kind === "op" && isHalfRounded(e.dtype)) throw this.#fail(`${e.op} computes in ${e.dtype}, which has no registers of its own`);
        return;
      default:
        return;
    }
  }
  #access(buffer: number, ix: Ix, stored: DType, does: string): void {
    const b = this.k.buffers[buffer];
    if (!b) throw this.#fail(`${does} buffer ${buffer}, which it does not have`);
    if (b.dtype !== stored) throw this.#fail(`${does} ${b.name} as ${stored}; it holds ${b.dtype}`);
    this.#inside(buffer, ix, does);
  }
  #inside(buffer: number, ix: Ix, does: string): void {
    const b = this.k.buffers[buffer];
    if (!b || ix.min < 0 || ix.max >= b.size)
      throw this.#fail(`${does} ${nameOf(this.k, buffer)} at ${ix.min} … ${ix.max}; it has ${b?.size ?? 0} elements`);
  }
  #sameType(is: DType, should: DType, what: string): void {
    if (is !== should && !(isComplex(should) && is === realPart(should))) throw this.#fail(`${what} is ${is}, not ${should}`);
  }
}
/** Half types are computed in float32 and rounded. */
const isHalfRounded = (d: DType): boolean => d === "float16" || d === "bfloat16";
