// A scheduled kernel as the code of one function: its statements and loops. What values they read comes from values.ts; nothing is decided here.
import { neutral } from "../../core/neutral.ts";
import { type Acc, type ReduceOp, type Stmt, regOf } from "../kernel/ir.ts";
import type { LoopVar } from "../kernel/ix.ts";
import type { Carry, LoopSchedule, Schedule } from "../kernel/schedule.ts";
import { partBytes, partIndex, strideOf, varies } from "../kernel/strides.ts";
import type { TileShape } from "../target.ts";
import { Asm, type Instr, type Variable } from "./asm.ts";
import { type LaneTotal, extremeTotal, isExtreme } from "./extremes.ts";
import { extract, laneOp, splatConstant, storeLanes } from "./lanes.ts";
import { scalarOp, storeScalar } from "./scalars.ts";
import { emitTile } from "./tile.ts";
import { Values } from "./values.ts";

type Loop = Stmt & { readonly kind: "loop" };
/** Where a function finds the addresses of its buffers, and the functions it calls. */
export interface Linkage {
  readonly pointer: (a: Asm, buffer: number) => Instr;
  readonly math: (fn: string, args: number) => number;
}

/** The code of a kernel. */
export function lowerKernel(schedule: Schedule, linkage: Linkage, tile: TileShape | null): Asm {
  const asm = new Asm();
  new Lowering(asm, schedule, linkage, tile).block(schedule.kernel.body, 0);
  return asm;
}

class Lowering {
  readonly values: Values;
  /** Loop counters by depth: loops side by side share one. */
  readonly #counters = new Map<number, Variable>();
  readonly #accumulators = new Map<string, Variable>();
  /** In a loop of lanes: the accumulators that each copy of its body adds to. */
  #carried = new Map<Acc, readonly LaneTotal[]>();
  constructor(
    readonly a: Asm,
    readonly schedule: Schedule,
    linkage: Linkage,
    readonly tile: TileShape | null,
  ) {
    this.values = new Values(a, schedule, {
      pointer: (buffer) => linkage.pointer(a, buffer),
      counter: (v) => a.read(this.#counter(v)),
      accumulator: (acc, lanes) => this.#accumulator(acc, lanes),
      math: linkage.math,
    });
  }
  #counter(v: LoopVar): Variable {
    let c = this.#counters.get(v.depth);
    if (!c) this.#counters.set(v.depth, (c = this.a.variable("i32")));
    return c;
  }
  #accumulator(acc: Acc, lanes: boolean): Variable {
    const key = `${acc.id}${lanes ? "v" : "s"}`;
    let v = this.#accumulators.get(key);
    if (!v) this.#accumulators.set(key, (v = this.a.variable(lanes ? "v128" : regOf(acc.dtype))));
    return v;
  }
  /** @param copy which copy of the body of a loop of lanes this is */
  block(stmts: readonly Stmt[], copy: number): void {
    for (const s of stmts) this.#stmt(s, copy);
  }
  #stmt(s: Stmt, copy: number): void {
    const { a, values } = this;
    switch (s.kind) {
      case "loop":
        return this.#loop(s);
      case "store":
        return this.#store(s, copy);
      case "set":
        return values.vector
          ? a.write(this.#accumulator(s.acc, true), values.lanes(s.value, copy))
          : a.write(this.#accumulator(s.acc, false), values.scalar(s.value));
      case "reduce":
        return this.#reduce(s.acc, s.op, s, copy);
      case "if":
        return a.when(values.scalar(s.cond), () => this.block(s.body, copy));
      case "copy":
        return void a.op("memory_copy", this.values.around.pointer(s.to), this.values.around.pointer(s.from), a.i32(s.bytes));
      case "tile": {
        const { addresses } = values;
        if (!this.tile) throw new Error("the target has no tile");
        return emitTile(
          a,
          addresses.of(s.a, s.aIndex, 4, 0),
          addresses.of(s.b, s.bIndex, 4, 0),
          addresses.of(s.out, s.outIndex, 4, 0),
          s,
          a.block.level,
        );
      }
      case "fold":
        throw new Error("folds are for grids");
      default:
        s satisfies never;
    }
  }
  #store(s: Stmt & { readonly kind: "store" }, copy: number): void {
    const { a, values } = this;
    const index = partIndex(s);
    const size = partBytes(s.stored);
    const v = values.vector;
    const lanes = v ? (this.schedule.loops.get(v)?.lanes ?? 1) : 1;
    const first = copy * lanes;
    if (v && strideOf(index, v) === 1) {
      const value = values.lanes(s.value, copy);
      const { base, offset } = this.#address(s, size, first);
      storeLanes(a, s.stored, base, offset, value);
      return;
    }
    for (let k = 0; k < (v && varies(index, v) ? lanes : 1); k++) {
      const value = values.scalar(s.value, first + k);
      const { base, offset } = this.#address(s, size, first + k);
      storeScalar(a, s.stored, base, offset, value);
    }
  }
  #address(s: Stmt & { readonly kind: "store" }, size: number, lane: number): { base: Instr; offset: number } {
    // Computed parts of the index are made before the address that adds them up.
    for (const t of s.index.terms) if (t.atom.kind === "value") this.values.scalar(t.atom.expr, lane);
    return this.values.addresses.of(s.buffer, partIndex(s), size, lane);
  }
  #reduce(acc: Acc, op: ReduceOp, s: Stmt & { readonly kind: "reduce" }, copy: number): void {
    const { a, values } = this;
    if (!values.vector) {
      const total = this.#accumulator(acc, false);
      const value = values.scalar(s.value);
      a.write(total, scalarOp(a, op, acc.dtype, [a.read(total), value]));
      return;
    }
    const value = values.lanes(s.value, copy);
    (this.#carried.get(acc)?.[copy] ?? this.#total(acc, op, this.#accumulator(acc, true))).add(value);
  }

  // ---- loops
  #loop(s: Loop): void {
    if (s.v.extent === 0) return;
    const plan = this.schedule.loops.get(s.v);
    if (plan?.kind === "lanes") this.#laneLoop(s, plan);
    else this.#range(s.v, 0, s.v.extent, 1, () => this.block(s.body, 0));
  }
  /** Whole groups of copies, then single steps of lanes, then what is left one by one. */
  #laneLoop(s: Loop, plan: LoopSchedule): void {
    const { lanes, unroll, carries } = plan;
    const { v } = s;
    const wide = lanes * unroll;
    const main = v.extent - (v.extent % wide);
    const end = v.extent - (v.extent % lanes);
    const outer = this.#carried;
    this.#carried = new Map([...outer, ...carries.map((c): [Acc, readonly LaneTotal[]] => [c.acc, this.#startLanes(c, unroll)])]);
    const body = (copies: number) => (): void => {
      this.values.vector = v;
      this.values.width = lanes === 2 ? 2 : 4;
      for (let copy = 0; copy < copies; copy++) this.block(s.body, copy);
      this.values.vector = null;
    };
    this.#range(v, 0, main, wide, body(unroll));
    this.#range(v, main, end, lanes, body(1));
    for (const c of carries) this.#fold(c, this.#carried.get(c.acc) ?? [], lanes);
    this.#carried = outer;
    this.#range(v, end, v.extent, 1, () => this.block(s.body, 0));
  }
  /** What is added up in a variable. */
  #total(acc: Acc, op: ReduceOp, total: Variable): LaneTotal {
    const { a } = this;
    return {
      add: (x) => a.write(total, laneOp(a, op, acc.dtype, [a.read(total), x], null)),
      read: () => a.read(total),
    };
  }
  #startLanes({ acc, op }: Carry, copies: number): LaneTotal[] {
    const { a } = this;
    return Array.from({ length: copies }, () => {
      const start = splatConstant(a, neutral(op, acc.dtype), acc.dtype);
      if (isExtreme(op, acc.dtype)) return extremeTotal(a, op, start);
      const part = a.variable("v128");
      a.write(part, start);
      return this.#total(acc, op, part);
    });
  }
  /** Adds what copies and lanes have gathered to the accumulator. */
  #fold({ acc, op }: Carry, parts: readonly LaneTotal[], lanes: number): void {
    const { a } = this;
    const [first, ...rest] = parts;
    if (!first) return;
    const all = a.variable("v128");
    a.write(all, first.read());
    for (const part of rest) a.write(all, laneOp(a, op, acc.dtype, [a.read(all), part.read()], null));
    const total = this.#accumulator(acc, false);
    for (let k = 0; k < lanes; k++) a.write(total, scalarOp(a, op, acc.dtype, [a.read(total), extract(a, acc.dtype, a.read(all), k, lanes)]));
  }
  /** for (v = start; v < end; v += step) */
  #range(v: LoopVar, start: number, end: number, step: number, body: () => void): void {
    if (end <= start) return;
    const { a } = this;
    const counter = this.#counter(v);
    a.write(counter, a.i32(start));
    if (end - start <= step) {
      a.nest("plain", v.depth, () => {
        body();
        return null;
      });
      return;
    }
    a.nest("loop", v.depth, () => {
      body();
      a.write(counter, a.op("i32_add", a.read(counter), a.i32(step)));
      return a.op("i32_lt_u", a.read(counter), a.i32(end));
    });
  }
}
