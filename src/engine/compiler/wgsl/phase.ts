// A phase of a kernel as a compute shader. It translates the schedule and decides nothing: every value is made once, in the block of the innermost loop that
// it depends on; nothing recurses into expressions.
import { neutral } from "../../core/neutral.ts";
import { type Chain, type Phase, accumulatorsOf, chainOf } from "../kernel/grid.ts";
import type { Acc, Expr, Stmt } from "../kernel/ir.ts";
import type { Atom, Ix, LoopVar } from "../kernel/ix.ts";
import type { Schedule } from "../kernel/schedule.ts";
import { levelOf, partIndex } from "../kernel/strides.ts";
import { postOrder, readBy, statements } from "../kernel/walk.ts";
import type { Place } from "../plan/types.ts";
import { LIBRARY } from "./functions.ts";
import { helperTexts } from "./helpers.ts";
import { type Binding, Memory, atomicSlots } from "./memory.ts";
import { bitcast, cast, mayCancel, operation, reduction } from "./operations.ts";
import { type Use, constantText, wgslType, zeroText } from "./types.ts";

type Loop = Stmt & { readonly kind: "loop" };
export interface EmittedPhase {
  readonly code: string;
  /** Work groups, in two directions. */
  readonly groups: readonly [number, number];
  /** In the order of their numbers. */
  readonly bindings: readonly Binding[];
}
/** Work groups in one direction of a grid. */
const MOST_GROUPS = 65_535;
interface Block {
  /** Depth of the loop that it is the body of. */
  readonly level: number;
  readonly lines: string[];
  readonly indent: number;
  readonly values: Set<Expr>;
  /** Quotients and remainders of indices, by their key. */
  readonly atoms: Map<string, string>;
}

export function emitPhase(schedule: Schedule, phase: Phase, places: readonly Place[], group: number): EmittedPhase {
  return new PhaseEmitter(schedule, phase, places, group).emit();
}

class PhaseEmitter {
  readonly #helpers = new Set<string>();
  readonly #use: Use = (h) => {
    this.#helpers.add(h);
    return h;
  };
  readonly #memory: Memory;
  readonly #blocks: Block[] = [];
  readonly #shared = new Set<string>();
  /** Accumulators that a shared loop adds to: each thread has a part of its own. */
  #parts: ReadonlySet<Acc> = new Set();
  /** Whether statements are carried out by all threads of a work group alike. */
  #alike: boolean;
  #names = 0;
  constructor(
    readonly schedule: Schedule,
    readonly phase: Phase,
    places: readonly Place[],
    readonly group: number,
  ) {
    const stored = [...statements(phase.body)].flatMap((s) => (s.kind === "store" ? [s.buffer] : []));
    const { buffers } = schedule.kernel;
    const copies = phase.body.some((s) => s.kind === "copy");
    this.#memory = new Memory(buffers, places, atomicSlots(buffers, places, stored), copies, this.#use);
    this.#alike = phase.shared;
  }
  emit(): EmittedPhase {
    const { grid, shared, body } = this.phase;
    const copy = body[0];
    const elements = copy?.kind === "copy" ? Math.ceil(copy.bytes / 4) : grid.reduce((n, v) => n * v.extent, 1);
    const count = shared ? elements : Math.ceil(elements / this.group);
    const x = Math.min(count, MOST_GROUPS);
    const groups = [x, Math.ceil(count / x)] as const;
    this.#open(grid.at(-1)?.depth ?? 0);
    if (elements > 1 || !shared) {
      const place = groups[1] > 1 ? `(work.x + work.y * ${x}u)` : "work.x";
      this.#line(`let at = i32(${shared ? place : `${place} * ${this.group}u + thread`});`);
      if (groups[0] * groups[1] * (shared ? 1 : this.group) !== elements) this.#line(`if (at >= ${elements}) { return; }`);
    }
    this.#decode("at", grid);
    for (const a of accumulatorsOf(body)) this.#line(`var a${a.id} = ${zeroText(wgslType(a.dtype))};`);
    if (copy?.kind === "copy") this.#line(this.#memory.copy(copy.to, copy.from, "at"));
    else for (const s of body) this.#statement(s);
    const { lines } = this.#blocks.pop()!;
    if (this.#helpers.has("rounded")) lines.unshift("  NOTHING = work.z;");
    const code = [
      helperTexts(this.#helpers),
      ...[...this.#shared].map((type) => `var<workgroup> parts_${type}: array<${type}, ${this.group}>;\n`),
      this.#memory.declarations(),
      `@compute @workgroup_size(${this.group})\n`,
      "fn main(@builtin(workgroup_id) work: vec3<u32>, @builtin(local_invocation_index) thread: u32) {\n",
      ...lines.map((l) => `${l}\n`),
      "}\n",
    ].join("");
    return { code, groups, bindings: this.#memory.bindings };
  }
  // ---- blocks
  #open(level: number): void {
    this.#blocks.push({ level, lines: [], indent: this.#blocks.length + 1, values: new Set(), atoms: new Map() });
  }
  get #block(): Block {
    return this.#blocks.at(-1)!;
  }
  #line(text: string, block = this.#block): void {
    block.lines.push("  ".repeat(block.indent) + text);
  }
  /** The lines of a nested block between two of this one. */
  #nest(head: string, level: number, body: () => void): void {
    this.#open(level);
    body();
    const { lines } = this.#blocks.pop()!;
    this.#line(`${head} {`);
    this.#block.lines.push(...lines);
    this.#line("}");
  }
  /** The innermost open block of the outermost loop that is at least as deep as `depth`: where a value of that depth is made. */
  #home(depth: number): Block {
    let best = this.#block;
    for (const b of [...this.#blocks].reverse()) if (b.level >= depth && b.level < best.level) best = b;
    return best;
  }
  /** Loop variables from one number that runs through all of them. */
  #decode(from: string, vars: readonly LoopVar[]): void {
    let rest = from;
    [...vars].reverse().forEach((v, i) => {
      const last = i === vars.length - 1;
      this.#line(`let i${v.id} = ${last ? rest : `${rest} % ${v.extent}`};`);
      if (last) return;
      const next = `r${this.#names++}`;
      this.#line(`let ${next} = ${rest} / ${v.extent};`);
      rest = next;
    });
  }
  // ---- statements
  #statement(s: Stmt): void {
    if (s.kind === "loop") return this.#loop(s);
    for (const e of readBy(s)) this.#define(e);
    switch (s.kind) {
      case "store": {
        const lines = this.#memory.store(s.buffer, this.#index(partIndex(s)), this.#value(s.value));
        if (this.#alike) return this.#nest("if (thread == 0u)", this.#block.level, () => lines.forEach((l) => this.#line(l)));
        return lines.forEach((l) => this.#line(l));
      }
      case "set":
        return this.#line(`a${s.acc.id} = ${this.#value(s.value)};`);
      case "reduce": {
        const to = `${this.#parts.has(s.acc) ? "p" : "a"}${s.acc.id}`;
        return this.#line(`${to} = ${reduction(s.op, s.acc.dtype, to, this.#value(s.value), this.#use)};`);
      }
      case "if":
        return this.#nest(`if (${this.#value(s.cond)})`, this.#block.level, () => s.body.forEach((inner) => this.#statement(inner)));
      default:
        throw new Error(`a ${s.kind} stands among other statements`);
    }
  }
  #loop(s: Loop): void {
    const chain = this.schedule.loops.get(s.v)?.kind === "group" ? chainOf(s, this.schedule.loops) : null;
    if (chain) return this.#together(chain);
    if (s.v.extent === 0) return;
    const i = `i${s.v.id}`;
    this.#nest(`for (var ${i} = 0; ${i} < ${s.v.extent}; ${i}++)`, s.v.depth, () => s.body.forEach((inner) => this.#statement(inner)));
  }
  /** A loop whose iterations the threads of the work group share; what they gathered is added up by all of them alike. */
  #together({ vars, body }: Chain): void {
    const count = vars.reduce((n, v) => n * v.extent, 1);
    const carries = this.schedule.loops.get(vars[0]!)?.carries ?? [];
    for (const { acc, op } of carries) this.#line(`var p${acc.id} = ${constantText(neutral(op, acc.dtype), acc.dtype, this.#use)};`);
    const turn = `s${this.#names++}`;
    const outer = this.#parts;
    this.#parts = new Set(carries.map((c) => c.acc));
    this.#alike = false;
    this.#nest(`for (var ${turn} = i32(thread); ${turn} < ${count}; ${turn} += ${this.group})`, vars.at(-1)!.depth, () => {
      this.#decode(turn, vars);
      body.forEach((inner) => this.#statement(inner));
    });
    this.#parts = outer;
    this.#alike = true;
    for (const { acc, op } of carries) {
      const type = wgslType(acc.dtype);
      this.#shared.add(type);
      this.#line(`parts_${type}[thread] = p${acc.id};`);
      this.#line("workgroupBarrier();");
      const k = `k${this.#names++}`;
      const sum = reduction(op, acc.dtype, `a${acc.id}`, `parts_${type}[${k}]`, this.#use);
      this.#line(`for (var ${k} = 0u; ${k} < ${Math.min(this.group, count)}u; ${k}++) { a${acc.id} = ${sum}; }`);
      this.#line("workgroupBarrier();");
    }
  }
  // ---- values
  #isKnown(e: Expr): boolean {
    return this.#blocks.some((b) => b.values.has(e));
  }
  #define(root: Expr): void {
    postOrder(
      [root],
      (e) => {
        if (e.kind === "const" || e.kind === "acc") return;
        const home = this.#home(e.depth);
        if (e.kind === "unless") this.#unless(e, home);
        else this.#line(`let v${e.id} = ${this.#form(e)};`, home);
        home.values.add(e);
      },
      (e) => !this.#isKnown(e),
    );
  }
  #unless(e: Expr & { readonly kind: "unless" }, home: Block): void {
    const [rare, usual, ...of] = e.args;
    this.#line(`var v${e.id} = ${this.#value(usual)};`, home);
    this.#line(`if (${this.#value(rare)}) { v${e.id} = ${this.#call(e, of)}; }`, home);
  }
  #call(e: Expr & { readonly kind: "call" | "unless" }, args: readonly Expr[]): string {
    const name = LIBRARY[e.fn];
    if (name === undefined) throw new Error(`${e.fn} has no form in WGSL`);
    const floats = args.map((a) => cast(a.dtype, "float32", this.#value(a), false, this.#use));
    return cast("float32", e.dtype, `${this.#use(name)}(${floats.join(", ")})`, false, this.#use);
  }
  #value(e: Expr): string {
    if (e.kind === "const") return constantText(e.value, e.dtype, this.#use);
    return e.kind === "acc" ? `a${e.acc.id}` : `v${e.id}`;
  }
  #form(e: Expr): string {
    switch (e.kind) {
      case "load":
        return this.#memory.load(e.buffer, this.#index(partIndex(e)));
      case "index":
        return this.#index(e.index);
      case "op":
        return operation(e.op, e.args[0]?.dtype ?? e.dtype, this.#operands(e), e.args, this.#use);
      case "cast":
        return cast(e.arg.dtype, e.dtype, this.#value(e.arg), e.exact, this.#use);
      case "bitcast":
        return bitcast(e.arg.dtype, e.dtype, this.#value(e.arg), this.#use);
      case "select":
        return `select(${this.#value(e.args[2])}, ${this.#value(e.args[1])}, ${this.#value(e.args[0])})`;
      case "call":
        return this.#call(e, e.args);
      case "const":
      case "acc":
      case "unless":
        throw new Error(`${e.kind} is no value of its own`);
    }
  }
  /** Constants alone are computed by the compiler, which refuses what overflows: then the first is a variable. */
  #operands(e: Expr & { readonly kind: "op" }): string[] {
    const { args } = e;
    const texts = args.map((a, i) => (mayCancel(e, i) ? `${this.#use("rounded")}(${this.#value(a)})` : this.#value(a)));
    if (!args.every((a) => a.kind === "const")) return texts;
    const name = `c${this.#names++}`;
    this.#line(`var ${name} = ${texts[0]};`, this.#blocks[0]);
    return [name, ...texts.slice(1)];
  }
  // ---- indices
  #index(ix: Ix): string {
    const terms = ix.terms.map(({ atom, coef }) => (coef === 1 ? this.#atom(atom) : `${coef} * ${this.#atom(atom)}`));
    if (ix.constant !== 0 || terms.length === 0) terms.push(String(ix.constant));
    return terms.length === 1 ? terms[0]! : `(${terms.join(" + ")})`;
  }
  #atom(atom: Atom): string {
    if (atom.kind === "var") return `i${atom.v.id}`;
    if (atom.kind === "value") {
      this.#define(atom.expr);
      return atom.expr.dtype === "int32" ? this.#value(atom.expr) : `i32(${this.#value(atom.expr)})`;
    }
    for (const b of this.#blocks) {
      const known = b.atoms.get(atom.key);
      if (known) return known;
    }
    const home = this.#home(levelOf(atom));
    const text = this.#quotient(atom);
    const name = `q${this.#names++}`;
    this.#line(`let ${name} = ${text};`, home);
    home.atoms.set(atom.key, name);
    return name;
  }
  #quotient(atom: Atom & { readonly kind: "div" | "mod" }): string {
    const of = this.#index(atom.of);
    const sign = atom.kind === "div" ? "/" : "%";
    if (atom.of.min >= 0) return `${of} ${sign} ${atom.by}`;
    // Floor division of a value that may be negative.
    const shift = Math.ceil(-atom.of.min / atom.by);
    const q = `(${of} + ${shift * atom.by}) ${sign} ${atom.by}`;
    return atom.kind === "div" ? `${q} - ${shift}` : q;
  }
}
