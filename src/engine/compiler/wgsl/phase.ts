// A phase of a kernel as a compute shader. It translates the schedule and decides nothing.
import { itemsize } from "../../core/dtypes.ts";
import { type Chain, type Phase, accumulatorsOf, chainOf } from "../kernel/grid.ts";
import { type Acc, type Expr, type Stmt, indexValues } from "../kernel/ir.ts";
import type { Schedule } from "../kernel/schedule.ts";
import { partIndex } from "../kernel/strides.ts";
import { updatedLoads } from "../kernel/updates.ts";
import { readBy, statements } from "../kernel/walk.ts";
import type { Place } from "../plan/types.ts";
import type { Target } from "../target.ts";
import { helperTexts } from "./helpers.ts";
import { type Binding, Memory, atomicSlots, slotOf } from "./memory.ts";
import { reduction } from "./operations.ts";
import { writeProduct } from "./product.ts";
import { QUAD } from "../kernel/quads.ts";
import { writeQuads } from "./quads.ts";
import { writeScan } from "./scan.ts";
import { spread } from "./spread.ts";
import { type Joined, begin, gather, joinedOf, ofFold, turns, writeSplit } from "./together.ts";
import { wgslType, zeroText } from "./types.ts";
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
export function emitPhase(schedule: Schedule, phase: Phase, places: readonly Place[], target: Target): EmittedPhase {
  return new PhaseEmitter(schedule, phase, places, target).emit();
}
function memoryOf({ kernel: { buffers } }: Schedule, { body, quads }: Phase, places: readonly Place[]): (use: Writer["use"]) => Memory {
  if (quads) {
    const accesses = [...quads.stores, ...quads.wide].flatMap((x) => (x.kind === "store" || x.kind === "load" ? [x] : []));
    const fours = new Set(accesses.flatMap((x) => (itemsize(x.stored) === 4 ? [slotOf(places[x.buffer]!)] : [])));
    return (use) => new Memory(buffers, places, new Set(), false, use, fours);
  }
  const stored = [...statements(body)].flatMap((s) => (s.kind === "store" ? [s] : []));
  const words = body.some((s) => s.kind === "copy");
  return (use) => new Memory(buffers, places, atomicSlots(buffers, places, stored), words, use);
}

/** The number of the variable that counts fours. */
const FOURS = 1_000_000;

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
    const { grid: whole, shared, product, split, scan, quads, body } = this.phase;
    if (product && this.target.block) return this.finished(writeProduct(this, product, whole, this.target, (s) => this.statement(s)));
    const copy = body[0];
    const grid = quads ? [...whole.slice(0, -1), { ...quads.v, id: FOURS, extent: Math.ceil(quads.v.extent / QUAD) }] : whole;
    const elements = copy?.kind === "copy" ? Math.ceil(copy.bytes / 4) : grid.reduce((n, v) => n * v.extent, 1);
    const parts = split?.first ? split.parts : (scan?.parts ?? 1);
    const count = shared ? elements * parts : Math.ceil(elements / this.group);
    const groups = spread(count);
    this.open((grid.at(-1)?.depth ?? 0) - (quads ? 1 : 0));
    if (elements > 1 || !shared || split || parts > 1) {
      const place = groups[1] > 1 ? `(work.x + work.y * ${groups[0]}u)` : "work.x";
      this.line(`let at = i32(${shared ? place : `${place} * ${this.group}u + thread`});`);
      if (groups[0] * groups[1] * (shared ? 1 : this.group) !== elements * parts) this.line(`if (at >= ${elements * parts}) { return; }`);
    }
    if (parts > 1) this.line(`let element = at / ${parts};`);
    this.decode(parts > 1 ? "element" : "at", grid);
    for (const a of accumulatorsOf(body)) this.line(`var a${a.id} = ${zeroText(wgslType(a.dtype))};`);
    if (quads) {
      this.line(`let four = ${QUAD} * i${FOURS};`);
      this.nest("", this.block.level, () => {
        this.line(`let i${quads.v.id} = four;`);
        writeQuads(this, quads);
      });
    } else if (copy?.kind === "copy") this.line(this.memory.copy(copy.to, copy.from, "at"));
    else if (split) {
      const all = this.#joined(split.chain.vars);
      writeSplit(
        this,
        split,
        all,
        body,
        this.group,
        (s) => this.statement(s),
        () => this.together(split.chain, split.parts),
      );
    } else if (scan) {
      for (const s of body) if (s.kind === "set") this.statement(s);
      this.#alike = false;
      writeScan(this, scan, parts > 1 ? "element" : "at", this.group, (s) => this.statement(s));
    } else for (const s of body) this.statement(s);
    const words = accumulatorsOf(split ? split.chain.body : scan ? [scan.fold] : []).size;
    const left = split?.parts ?? (scan && scan.parts > 1 ? scan.parts : 0);
    return this.finished(groups, 4 * elements * left * words);
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
    if (s.kind === "fold") {
      for (const e of s.values) this.define(e);
      const names = s.accs.map((a) => `${this.#parts.has(a) ? "p" : "a"}${a.id}`);
      return ofFold(s).join(
        this,
        names,
        s.values.map((e) => this.value(e)),
      );
    }
    const updated = s.kind === "store" ? updatedLoads(s) : null;
    if (s.kind === "store" && updated) return this.#update(s, updated);
    for (const e of readBy(s)) this.define(e);
    switch (s.kind) {
      case "store": {
        const lines = this.memory.store(s.buffer, this.index(partIndex(s)), this.value(s.value), indexValues(s.index).length === 0);
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
    const count = turns(vars);
    const all = this.#joined(vars);
    for (const j of all) begin(this, "p", j);
    const turn = `s${this.names++}`;
    const outer = this.#parts;
    this.#parts = new Set(all.flatMap((j) => j.accs));
    this.#alike = false;
    const start = parts > 1 ? `i32(thread) + at % ${parts} * ${this.group}` : "i32(thread)";
    this.nest(`for (var ${turn} = ${start}; ${turn} < ${count}; ${turn} += ${this.group * parts})`, vars.at(-1)!.depth, () => {
      this.decode(turn, vars);
      body.forEach((inner) => this.statement(inner));
    });
    this.#parts = outer;
    this.#alike = true;
    for (const j of all) gather(this, j, "p", Math.min(this.group, count), this.group);
  }
  #joined(vars: Chain["vars"]): readonly Joined[] {
    return vars[0] ? joinedOf(this.schedule.loops.get(vars[0])) : [];
  }
}
