// A phase of a kernel as a compute shader. It translates the schedule and decides nothing.
import { neutral } from "../../core/neutral.ts";
import { type Chain, type Phase, type Split, accumulatorsOf, chainOf } from "../kernel/grid.ts";
import { type Acc, type Expr, type Stmt, indexValues } from "../kernel/ir.ts";
import type { Carry, Schedule } from "../kernel/schedule.ts";
import { partIndex } from "../kernel/strides.ts";
import { updatedLoads } from "../kernel/updates.ts";
import { readBy, statements } from "../kernel/walk.ts";
import type { Place } from "../plan/types.ts";
import type { Target } from "../target.ts";
import { helperTexts } from "./helpers.ts";
import { type Binding, Memory, atomicSlots } from "./memory.ts";
import { fromBits, reduction, toBits } from "./operations.ts";
import { writeProduct } from "./product.ts";
import { spread } from "./spread.ts";
import { constantText, wgslType, zeroText } from "./types.ts";
import { Writer } from "./values.ts";

type Loop = Stmt & { readonly kind: "loop" };
export interface EmittedPhase {
  readonly code: string;
  /** Work groups, in two directions. */
  readonly groups: readonly [number, number];
  /** In the order of their numbers. */
  readonly bindings: readonly Binding[];
  /** Bytes of parts of sums that it leaves to the next phase, or finds. */
  readonly partials: number;
}
/** Parts that one thread adds up. */
const FOLDED = 8;
export function emitPhase(schedule: Schedule, phase: Phase, places: readonly Place[], target: Target): EmittedPhase {
  return new PhaseEmitter(schedule, phase, places, target).emit();
}
function memoryOf({ kernel: { buffers } }: Schedule, { body }: Phase, places: readonly Place[]): (use: Writer["use"]) => Memory {
  const stored = [...statements(body)].flatMap((s) => (s.kind === "store" ? [s] : []));
  const words = body.some((s) => s.kind === "copy");
  return (use) => new Memory(buffers, places, atomicSlots(buffers, places, stored), words, use);
}

class PhaseEmitter extends Writer {
  /** Accumulators that a shared loop adds to: each thread has a part of its own. */
  #parts: ReadonlySet<Acc> = new Set();
  readonly group: number;
  /** Whether statements are carried out by all threads of a work group alike. */
  #alike: boolean;
  constructor(
    readonly schedule: Schedule,
    readonly phase: Phase,
    places: readonly Place[],
    readonly target: Target,
  ) {
    super(memoryOf(schedule, phase, places));
    this.group = target.parallelism.group;
    this.#alike = phase.shared;
  }
  emit(): EmittedPhase {
    const { grid, shared, product, split, body } = this.phase;
    if (product && this.target.block) return this.finished(writeProduct(this, product, grid, this.target, (s) => this.statement(s)));
    const copy = body[0];
    const elements = copy?.kind === "copy" ? Math.ceil(copy.bytes / 4) : grid.reduce((n, v) => n * v.extent, 1);
    const parts = split?.first ? split.parts : 1;
    const count = shared ? elements * parts : Math.ceil(elements / this.group);
    const groups = spread(count);
    this.open(grid.at(-1)?.depth ?? 0);
    if (elements > 1 || !shared || split) {
      const place = groups[1] > 1 ? `(work.x + work.y * ${groups[0]}u)` : "work.x";
      this.line(`let at = i32(${shared ? place : `${place} * ${this.group}u + thread`});`);
      if (groups[0] * groups[1] * (shared ? 1 : this.group) !== elements * parts) this.line(`if (at >= ${elements * parts}) { return; }`);
    }
    if (parts > 1) this.line(`let element = at / ${parts};`);
    this.decode(parts > 1 ? "element" : "at", grid);
    for (const a of accumulatorsOf(body)) this.line(`var a${a.id} = ${zeroText(wgslType(a.dtype))};`);
    if (copy?.kind === "copy") this.line(this.memory.copy(copy.to, copy.from, "at"));
    else if (split) this.#split(split, body);
    else for (const s of body) this.statement(s);
    return this.finished(groups, split ? 4 * elements * split.parts * accumulatorsOf(split.chain.body).size : 0);
  }
  /** The shader, once its lines are written. */
  finished(groups: readonly [number, number], partials = 0): EmittedPhase {
    const { lines } = this.close();
    if (this.helpers.has("rounded")) lines.unshift("  NOTHING = work.z;");
    const code = [
      helperTexts(this.helpers),
      ...[...this.shared].map(([name, type, size]) => `var<workgroup> ${name}: array<${type}, ${size}>;\n`),
      this.memory.declarations(),
      `@compute @workgroup_size(${this.group})\n`,
      "fn main(@builtin(workgroup_id) work: vec3<u32>, @builtin(local_invocation_index) thread: u32) {\n",
      ...lines.map((l) => `${l}\n`),
      "}\n",
    ].join("");
    return { code, groups, bindings: this.memory.bindings, partials };
  }
  // ---- statements
  statement(s: Stmt): void {
    if (s.kind === "loop") return this.loop(s);
    const updated = s.kind === "store" ? updatedLoads(s) : null;
    if (s.kind === "store" && updated) return this.#update(s, updated);
    for (const e of readBy(s)) this.define(e);
    switch (s.kind) {
      case "store": {
        const lines = this.memory.store(s.buffer, this.index(partIndex(s)), this.value(s.value));
        if (this.#alike) return this.nest("if (thread == 0u)", this.block.level, () => lines.forEach((l) => this.line(l)));
        return lines.forEach((l) => this.line(l));
      }
      case "set":
        return this.line(`a${s.acc.id} = ${this.value(s.value)};`);
      case "reduce": {
        const to = `${this.#parts.has(s.acc) ? "p" : "a"}${s.acc.id}`;
        return this.line(`${to} = ${reduction(s.op, s.acc.dtype, to, this.value(s.value), this.use)};`);
      }
      case "if":
        return this.nest(`if (${this.value(s.cond)})`, this.block.level, () => s.body.forEach((inner) => this.statement(inner)));
      default:
        throw new Error(`a ${s.kind} stands among other statements`);
    }
  }
  /** The old value is read, and the new one made of it, until nobody has changed the element in between. */
  #update(s: Stmt & { readonly kind: "store" }, loads: ReadonlySet<Expr>): void {
    for (const e of indexValues(s.index)) this.define(e);
    const at = this.index(partIndex(s));
    this.open(this.block.level);
    const lines = this.memory.update(s.buffer, at, (old) => {
      for (const e of loads) this.know(e, old);
      this.define(s.value);
      return { lines: this.close().lines.map((l) => l.trimStart()), value: this.value(s.value) };
    });
    for (const l of lines) this.line(l);
  }
  loop(s: Loop): void {
    const chain = this.schedule.loops.get(s.v)?.kind === "group" ? chainOf(s, this.schedule.loops) : null;
    if (chain) return this.together(chain);
    if (s.v.extent === 0) return;
    const i = `i${s.v.id}`;
    this.nest(`for (var ${i} = 0; ${i} < ${s.v.extent}; ${i}++)`, s.v.depth, () => s.body.forEach((inner) => this.statement(inner)));
  }
  /** A loop whose iterations the threads of the work group share; what they gathered is added up by all of them alike. */
  together({ vars, body }: Chain, parts = 1): void {
    const count = vars.reduce((n, v) => n * v.extent, 1);
    const carries = this.#carriesOf(vars);
    for (const { acc, op } of carries) this.line(`var p${acc.id} = ${constantText(neutral(op, acc.dtype), acc.dtype, this.use)};`);
    const turn = `s${this.names++}`;
    const outer = this.#parts;
    this.#parts = new Set(carries.map((c) => c.acc));
    this.#alike = false;
    const start = parts > 1 ? `i32(thread) + at % ${parts} * ${this.group}` : "i32(thread)";
    this.nest(`for (var ${turn} = ${start}; ${turn} < ${count}; ${turn} += ${this.group * parts})`, vars.at(-1)!.depth, () => {
      this.decode(turn, vars);
      body.forEach((inner) => this.statement(inner));
    });
    this.#parts = outer;
    this.#alike = true;
    for (const c of carries) this.fold(c, Math.min(this.group, count));
  }
  #carriesOf(vars: Chain["vars"]): readonly Carry[] {
    return (vars[0] && this.schedule.loops.get(vars[0])?.carries) ?? [];
  }
  /** Work groups that share a reduction: each leaves its part; then the parts are added up, and what is made of the sum is stored. */
  #split({ chain, parts, first }: Split, body: readonly Stmt[]): void {
    const carries = this.#carriesOf(chain.vars);
    for (const s of body) if (s.kind === "set") this.statement(s);
    if (first) {
      // The accumulators' own values join in once: in the second phase.
      for (const { acc, op } of carries) this.line(`a${acc.id} = ${constantText(neutral(op, acc.dtype), acc.dtype, this.use)};`);
      this.together(chain, parts);
      carries.forEach(({ acc }, c) => {
        const to = this.memory.partial(`at * ${carries.length} + ${c}`, true);
        this.line(`if (thread == 0u) { ${to} = ${toBits(acc.dtype, `a${acc.id}`, this.use)}; }`);
      });
      return;
    }
    carries.forEach((carry, c) => {
      const { acc, op } = carry;
      this.line(`var p${acc.id} = ${constantText(neutral(op, acc.dtype), acc.dtype, this.use)};`);
      const from = fromBits(acc.dtype, this.memory.partial(`(at * ${parts} + turn) * ${carries.length} + ${c}`, false), this.use);
      this.nest(`for (var turn = i32(thread); turn < ${parts}; turn += ${this.group})`, this.block.level, () =>
        this.line(`p${acc.id} = ${reduction(op, acc.dtype, `p${acc.id}`, from, this.use)};`),
      );
      this.fold(carry, Math.min(this.group, parts));
    });
    for (const s of body) if (s.kind === "store") this.statement(s);
  }
  /**
   * Adds what each thread gathered to the accumulator, in all of them alike: the first threads add up eight parts each, then every thread those sums. The order
   * is the same in each run.
   */
  fold({ acc, op }: Carry, parts: number): void {
    const type = wgslType(acc.dtype);
    const array = `parts_${type}`;
    if (!this.shared.some(([name]) => name === array)) this.shared.push([array, type, this.group]);
    const sums = Math.ceil(parts / FOLDED);
    const k = `k${this.names++}`;
    const add = (to: string, x: string): string => `${to} = ${reduction(op, acc.dtype, to, x, this.use)};`;
    this.line(`${array}[thread] = p${acc.id};`);
    this.line("workgroupBarrier();");
    if (sums > 1) {
      this.line(`if (thread < ${sums}u) {`);
      this.line(`  for (var ${k} = thread + ${sums}u; ${k} < ${parts}u; ${k} += ${sums}u) { ${add(`${array}[thread]`, `${array}[${k}]`)} }`);
      this.line("}");
      this.line("workgroupBarrier();");
    }
    this.line(`for (var ${k} = 0u; ${k} < ${sums > 1 ? sums : parts}u; ${k}++) { ${add(`a${acc.id}`, `${array}[${k}]`)} }`);
    this.line("workgroupBarrier();");
  }
}
