// Lines of a shader, and the values that they read: every value is made once, in the block of the innermost loop that it depends on; nothing recurses into
// expressions.
import { type Expr, dependence } from "../kernel/ir.ts";
import type { Atom, Ix, LoopVar } from "../kernel/ix.ts";
import { partIndex } from "../kernel/strides.ts";
import { postOrder } from "../kernel/walk.ts";
import { LIBRARY } from "./functions.ts";
import type { Memory } from "./memory.ts";
import { bitcast, cast, mayCancel, operation } from "./operations.ts";
import { type Use, constantText } from "./types.ts";

interface Block {
  /** Depth of the loop that it is the body of. */
  readonly level: number;
  readonly lines: string[];
  readonly indent: number;
  /** The variables that are known in it; null: all that its depth says. */
  readonly bound: ReadonlySet<number> | null;
  readonly values: Set<Expr>;
  /** Quotients and remainders of indices, by their key. */
  readonly atoms: Map<string, string>;
}
export class Writer {
  readonly helpers = new Set<string>();
  readonly use: Use = (h) => {
    this.helpers.add(h);
    return h;
  };
  readonly memory: Memory;
  readonly blocks: Block[] = [];
  /** Arrays of the work group: name, type of the elements, how many. */
  readonly shared: [name: string, type: string, size: number][] = [];
  names = 0;
  constructor(memory: (use: Use) => Memory) {
    this.memory = memory(this.use);
  }
  // ---- blocks
  open(level: number, bound: ReadonlySet<number> | null = null): void {
    this.blocks.push({ level, bound, lines: [], indent: this.blocks.length + 1, values: new Set(), atoms: new Map() });
  }
  close(): Block {
    const block = this.blocks.pop();
    if (!block) throw new Error("no block is open");
    return block;
  }
  get block(): Block {
    const block = this.blocks.at(-1);
    if (!block) throw new Error("no block is open");
    return block;
  }
  line(text: string, block = this.block): void {
    block.lines.push("  ".repeat(block.indent) + text);
  }
  /** The lines of a nested block between two of this one. */
  nest(head: string, level: number, body: () => void): void {
    this.open(level);
    body();
    const { lines } = this.close();
    this.line(`${head} {`);
    this.block.lines.push(...lines);
    this.line("}");
  }
  /** The innermost open block of the outermost loop that is at least as deep as `depth`: where a value of that depth is made. */
  home({ depth, vars }: { readonly depth: number; readonly vars: ReadonlySet<number> }): Block {
    let best = this.block;
    for (const b of [...this.blocks].reverse())
      if (b.level >= depth && b.level < best.level && (b.bound === null || [...vars].every((v) => b.bound?.has(v)))) best = b;
    return best;
  }
  /** Loop variables from one number that runs through all of them. */
  decode(from: string, vars: readonly LoopVar[]): void {
    let rest = from;
    [...vars].reverse().forEach((v, i) => {
      const last = i === vars.length - 1;
      this.line(`let i${v.id} = ${last ? rest : `${rest} % ${v.extent}`};`);
      if (last) return;
      const next = `r${this.names++}`;
      this.line(`let ${next} = ${rest} / ${v.extent};`);
      rest = next;
    });
  }
  // ---- values
  isKnown(e: Expr): boolean {
    return this.blocks.some((b) => b.values.has(e));
  }
  /** Gives an expression a value in this block, without computing it. */
  know(e: Expr, text: string): void {
    this.line(`let v${e.id} = ${text};`);
    this.block.values.add(e);
  }
  define(root: Expr): void {
    postOrder(
      [root],
      (e) => {
        if (e.kind === "const" || e.kind === "acc") return;
        const home = this.home(e);
        if (e.kind === "unless") this.unless(e, home);
        else this.line(`let v${e.id} = ${this.form(e)};`, home);
        home.values.add(e);
      },
      (e) => !this.isKnown(e),
    );
  }
  unless(e: Expr & { readonly kind: "unless" }, home: Block): void {
    const [rare, usual, ...of] = e.args;
    this.line(`var v${e.id} = ${this.value(usual)};`, home);
    this.line(`if (${this.value(rare)}) { v${e.id} = ${this.call(e, of)}; }`, home);
  }
  call(e: Expr & { readonly kind: "call" | "unless" }, args: readonly Expr[]): string {
    const name = LIBRARY[e.fn];
    if (name === undefined) throw new Error(`${e.fn} has no form in WGSL`);
    const floats = args.map((a) => cast(a.dtype, "float32", this.value(a), false, this.use));
    return cast("float32", e.dtype, `${this.use(name)}(${floats.join(", ")})`, false, this.use);
  }
  value(e: Expr): string {
    if (e.kind === "const") return constantText(e.value, e.dtype, this.use);
    return e.kind === "acc" ? `a${e.acc.id}` : `v${e.id}`;
  }
  form(e: Expr): string {
    switch (e.kind) {
      case "load":
        return this.memory.load(e.buffer, this.index(partIndex(e)));
      case "index":
        return this.index(e.index);
      case "op":
        return operation(e.op, e.args[0]?.dtype ?? e.dtype, this.operands(e), e.args, this.use);
      case "cast":
        return cast(e.arg.dtype, e.dtype, this.value(e.arg), e.exact, this.use);
      case "bitcast":
        return bitcast(e.arg.dtype, e.dtype, this.value(e.arg), this.use);
      case "select":
        return `select(${this.value(e.args[2])}, ${this.value(e.args[1])}, ${this.value(e.args[0])})`;
      case "call":
        return this.call(e, e.args);
      case "const":
      case "acc":
      case "unless":
        throw new Error(`${e.kind} is no value of its own`);
    }
  }
  /** Constants alone are computed by the compiler, which refuses what overflows: then the first is a variable. */
  operands(e: Expr & { readonly kind: "op" }): string[] {
    const { args } = e;
    const texts = args.map((a, i) => (mayCancel(e, i) ? `${this.use("rounded")}(${this.value(a)})` : this.value(a)));
    if (!args.every((a) => a.kind === "const")) return texts;
    const name = `c${this.names++}`;
    this.line(`var ${name} = ${texts[0]};`, this.blocks[0]);
    return [name, ...texts.slice(1)];
  }
  // ---- indices
  index(ix: Ix): string {
    const terms = ix.terms.map(({ atom, coef }) => (coef === 1 ? this.atom(atom) : `${coef} * ${this.atom(atom)}`));
    if (ix.constant !== 0 || terms.length === 0) terms.push(String(ix.constant));
    return terms.length === 1 ? terms[0]! : `(${terms.join(" + ")})`;
  }
  atom(atom: Atom): string {
    if (atom.kind === "var") return `i${atom.v.id}`;
    if (atom.kind === "value") {
      this.define(atom.expr);
      return atom.expr.dtype === "int32" ? this.value(atom.expr) : `i32(${this.value(atom.expr)})`;
    }
    for (const b of this.blocks) {
      const known = b.atoms.get(atom.key);
      if (known) return known;
    }
    const home = this.home(dependence(atom.of));
    const text = this.quotient(atom);
    const name = `q${this.names++}`;
    this.line(`let ${name} = ${text};`, home);
    home.atoms.set(atom.key, name);
    return name;
  }
  quotient(atom: Atom & { readonly kind: "div" | "mod" }): string {
    const of = this.index(atom.of);
    const sign = atom.kind === "div" ? "/" : "%";
    if (atom.of.min >= 0) return `${of} ${sign} ${atom.by}`;
    // Floor division of a value that may be negative.
    const shift = Math.ceil(-atom.of.min / atom.by);
    const q = `(${of} + ${shift * atom.by}) ${sign} ${atom.by}`;
    return atom.kind === "div" ? `${q} - ${shift}` : q;
  }
}
