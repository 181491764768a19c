// Addresses: pointer + Σ terms of an index, added up loop level by loop level, so that each partial sum is made once in the loop it belongs to;
// constant parts go into the instruction's offset.
import type { Expr } from "../kernel/ir.ts";
import type { Atom, Ix, LoopVar } from "../kernel/ix.ts";
import { atomVaries, levelOf, strideOf } from "../kernel/strides.ts";
import type { Asm, Instr } from "./asm.ts";

export interface Address {
  readonly base: Instr;
  readonly offset: number;
}
/** What addresses are made of besides arithmetic. */
export interface Sources {
  /** The address of a buffer. */
  readonly pointer: (buffer: number) => Instr;
  readonly counter: (v: LoopVar) => Instr;
  /** A computed integer in a lane. */
  readonly value: (e: Expr, lane: number) => Instr;
  /** The loop whose iterations run in lanes here. */
  readonly lanesOf: () => LoopVar | null;
}

export class Addresses {
  constructor(
    readonly a: Asm,
    readonly from: Sources,
  ) {}

  /** Where an element lies, for lane `lane` of the loop of lanes. */
  of(buffer: number, ix: Ix, size: number, lane: number): Address {
    const v = this.from.lanesOf();
    const computed = lane > 0 && v !== null && ix.terms.some((t) => t.atom.kind !== "var" && atomVaries(t.atom, v));
    const base = this.#sum(buffer, ix, size, computed ? lane : 0);
    const offset = (ix.constant + (lane > 0 && v !== null && !computed ? strideOf(ix, v) * lane : 0)) * size;
    // An instruction's offset is added without wrapping around: a sum that runs backwards from it may lie below 0, where the array is at the heap's beginning.
    const forwards = ix.min >= ix.constant;
    return offset >= 0 && forwards ? { base, offset } : { base: this.a.op("i32_add", base, this.a.i32(offset)), offset: 0 };
  }
  #sum(buffer: number, ix: Ix, size: number, lane: number): Instr {
    const levels = [...new Set(ix.terms.map((t) => levelOf(t.atom)))].sort((x, y) => x - y);
    let key = `@${buffer}:${size}:${lane}`;
    let sum: Instr | null = null;
    for (const level of levels) {
      const terms = ix.terms.filter((t) => levelOf(t.atom) === level);
      key += `|${terms.map((t) => `${t.coef}*${t.atom.key}`).join("+")}`;
      const before: Instr | null = sum;
      sum =
        this.a.find(key) ??
        this.a.within(this.a.home(level), () =>
          this.a.remember(
            key,
            terms.reduce((s, t) => this.a.op("i32_add", s, this.#scaled(t.atom, t.coef * size, lane)), before ?? this.from.pointer(buffer)),
          ),
        );
    }
    return sum ?? this.from.pointer(buffer);
  }
  #scaled(atom: Atom, factor: number, lane: number): Instr {
    const x = this.#atom(atom, lane);
    if (factor === 1) return x;
    const v = this.from.lanesOf();
    const key = `${factor}*${atom.key}:${v !== null && atomVaries(atom, v) ? lane : 0}`;
    const shift = Math.log2(factor);
    return (
      this.a.find(key) ??
      this.a.within(this.a.home(levelOf(atom)), () =>
        this.a.remember(
          key,
          Number.isInteger(shift) && factor > 0 ? this.a.op("i32_shl", x, this.a.i32(shift)) : this.a.op("i32_mul", x, this.a.i32(factor)),
        ),
      )
    );
  }
  #atom(atom: Atom, lane: number): Instr {
    const v = this.from.lanesOf();
    if (atom.kind === "value") return this.from.value(atom.expr, lane);
    if (atom.kind === "var") {
      const counter = this.from.counter(atom.v);
      if (lane === 0 || atom.v !== v) return counter;
      // Made in the loop's own block: what is made of it may be needed behind the inner loop that asks first.
      const key = `${atom.key}+${lane}`;
      return (
        this.a.find(key) ?? this.a.within(this.a.home(levelOf(atom)), () => this.a.remember(key, this.a.op("i32_add", counter, this.a.i32(lane))))
      );
    }
    const key = `#${atom.key}:${v !== null && atomVaries(atom, v) ? lane : 0}`;
    return this.a.find(key) ?? this.a.within(this.a.home(levelOf(atom)), () => this.a.remember(key, this.#quotient(atom, lane)));
  }
  #quotient(atom: Atom & { readonly kind: "div" | "mod" }, lane: number): Instr {
    const { a } = this;
    const x = this.index(atom.of, lane);
    const op = atom.kind === "div" ? "i32_div_u" : "i32_rem_u";
    if (atom.of.min >= 0) return a.op(op, x, a.i32(atom.by));
    // Floor division of a value that may be negative.
    const shift = Math.ceil(-atom.of.min / atom.by) * atom.by;
    const q = a.op(op, a.op("i32_add", x, a.i32(shift)), a.i32(atom.by));
    return atom.kind === "div" ? a.op("i32_sub", q, a.i32(shift / atom.by)) : q;
  }
  /** An index's value. */
  index(ix: Ix, lane: number): Instr {
    const { a } = this;
    const [first, ...rest] = ix.terms;
    if (!first) return a.i32(ix.constant);
    const sum = rest.reduce((s, t) => a.op("i32_add", s, this.#scaled(t.atom, t.coef, lane)), this.#scaled(first.atom, first.coef, lane));
    return ix.constant ? a.op("i32_add", sum, a.i32(ix.constant)) : sum;
  }
}
