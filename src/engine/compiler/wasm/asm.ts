// Code of one function before it becomes bytes: blocks of instructions whose operands are other instructions. Values that are used once stay on
// the stack, the others get a local; which is decided when all uses are known (locals.ts).
import type { ValType } from "./encoder.ts";
import type { OpName } from "./opcodes.ts";
import type { LaneType } from "./instructions.ts";

/** What an instruction carries besides its operands. */
export type Immediate =
  | { readonly kind: "none" }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "bigint"; readonly value: bigint }
  | { readonly kind: "memory"; readonly offset: number }
  | { readonly kind: "lane"; readonly lane: number; readonly offset: number | null }
  | { readonly kind: "bytes"; readonly bytes: readonly number[] }
  | { readonly kind: "function"; readonly index: number }
  | { readonly kind: "variable"; readonly variable: Variable };
const NONE: Immediate = { kind: "none" };

/** A local that is written more than once: a loop counter or an accumulator. */
export interface Variable {
  readonly type: ValType;
  /** −1 until it gets one. */
  local: number;
}
/** One instruction. `read` and `write` stand for local.get and local.set of a variable. */
export interface Instr {
  readonly op: OpName | "read" | "write";
  readonly imm: Immediate;
  readonly args: readonly Instr[];
  /** Of its result; null where it has none. */
  readonly type: ValType | null;
  /** Where it stands; null for what is repeated at each use: constants and variables. */
  readonly block: Block | null;
  /** Effects before it in its block: a value never moves over one. */
  readonly epoch: number;
  uses: number;
  /** Used in another block, or behind an effect. */
  escapes: boolean;
  /** Filled in by locals.ts: the local that holds it, and the item of its block that uses it last. */
  local: number;
  last: number;
  height: number;
}
export type Item = Instr | Nested;
/** A block inside another one. A loop runs again while `cond` holds at its end; `plain` is a block without a structure of its own. */
export interface Nested {
  readonly op: "loop" | "if" | "plain";
  readonly block: Block;
  readonly cond: Instr | null;
}
export const isNested = (i: Item): i is Nested => "cond" in i;

export class Block {
  readonly items: Item[] = [];
  /** Values that are at hand here: expressions by number, addresses by what they add up. */
  readonly cache = new Map<string | number, Instr>();
  epoch = 0;
  /** Its place among the parent's items. */
  index = 0;
  constructor(
    readonly parent: Block | null,
    /** Depth of the loop that it is the body of. */
    readonly level: number,
  ) {}
}

export class Asm {
  readonly root = new Block(null, 0);
  block = this.root;

  variable(type: ValType): Variable {
    return { type, local: -1 };
  }
  // ---- values without a place
  #immediate(op: OpName | "read", type: ValType, imm: Immediate): Instr {
    return { op, imm, args: [], type, block: null, epoch: 0, uses: 0, escapes: false, local: -1, last: -1, height: 0 };
  }
  i32(value: number): Instr {
    return this.#immediate("i32_const", "i32", { kind: "number", value: value | 0 });
  }
  i64(value: bigint): Instr {
    return this.#immediate("i64_const", "i64", { kind: "bigint", value });
  }
  f32(value: number): Instr {
    return this.#immediate("f32_const", "f32", { kind: "number", value });
  }
  f64(value: number): Instr {
    return this.#immediate("f64_const", "f64", { kind: "number", value });
  }
  read(variable: Variable): Instr {
    return this.#immediate("read", variable.type, { kind: "variable", variable });
  }
  // ---- instructions
  #place(op: OpName | "write", args: readonly Instr[], imm: Immediate, type: ValType | null): Instr {
    const block = this.block;
    const instr: Instr = { op, imm, args, type, block, epoch: block.epoch, uses: 0, escapes: false, local: -1, last: -1, height: 0 };
    for (const a of args) {
      a.uses++;
      if (a.block !== block || a.epoch !== block.epoch) a.escapes = true;
    }
    if (type === null) block.epoch++;
    block.items.push(instr);
    return instr;
  }
  op(op: OpName, ...args: readonly Instr[]): Instr {
    return this.#place(op, args, NONE, resultOf(op));
  }
  /** yes where the condition is not 0, else no. */
  select(type: ValType, yes: Instr, no: Instr, cond: Instr): Instr {
    return this.#place("select", [yes, no, cond], NONE, type);
  }
  /** The same constant in all lanes: made once for the function. */
  splat(op: `${LaneType}_splat`, constant: Instr): Instr {
    const value = constant.imm.kind === "number" || constant.imm.kind === "bigint" ? constant.imm.value : NaN;
    const key = `${op}${Object.is(value, -0) ? "-0" : value}`;
    return this.root.cache.get(key) ?? this.within(this.root, () => this.remember(key, this.op(op, constant)));
  }
  load(op: OpName, address: Instr, offset: number): Instr {
    return this.#place(op, [address], { kind: "memory", offset }, resultOf(op));
  }
  store(op: OpName, address: Instr, offset: number, value: Instr): void {
    this.#place(op, [address, value], { kind: "memory", offset }, null);
  }
  lane(op: OpName, lane: number, args: readonly Instr[]): Instr {
    return this.#place(op, args, { kind: "lane", lane, offset: null }, resultOf(op));
  }
  /** Bytes of two vectors, by their numbers: 0 to 15 of the first, 16 to 31 of the second. */
  shuffle(x: Instr, y: Instr, bytes: readonly number[]): Instr {
    return this.#place("i8x16_shuffle", [x, y], { kind: "bytes", bytes }, "v128");
  }
  /** Stores the lowest lane. */
  storeLane(op: "v128_store32_lane" | "v128_store64_lane", address: Instr, offset: number, value: Instr): void {
    this.#place(op, [address, value], { kind: "lane", lane: 0, offset }, null);
  }
  call(index: number, args: readonly Instr[], result: ValType): Instr {
    return this.#place("call", args, { kind: "function", index }, result);
  }
  write(variable: Variable, value: Instr): void {
    this.#place("write", [value], { kind: "variable", variable }, null);
  }
  // ---- blocks
  /** A nested block. `body` gives the condition for a loop's next round. */
  nest(op: "loop" | "plain", level: number, body: () => Instr | null): void {
    this.#nested(op, level, null, body);
  }
  when(cond: Instr, body: () => void): void {
    cond.uses++;
    cond.escapes = true;
    this.#nested("if", this.block.level, cond, () => {
      body();
      return null;
    });
  }
  #nested(op: Nested["op"], level: number, cond: Instr | null, body: () => Instr | null): void {
    const parent = this.block;
    const block = new Block(parent, level);
    this.block = block;
    const again = body();
    if (again) {
      again.uses++;
      if (again.block !== block || again.epoch !== block.epoch) again.escapes = true;
    }
    this.block = parent;
    block.index = parent.items.length;
    parent.epoch++;
    parent.items.push({ op, block, cond: cond ?? again });
  }
  /** The innermost open block of the outermost loop that is at least as deep as `depth`: where a value of that depth is made once. */
  home(depth: number): Block {
    let best = this.block;
    for (let b: Block | null = this.block; b; b = b.parent) if (b.level >= depth && b.level < best.level) best = b;
    return best;
  }
  /** Places what `make` makes into another open block, before the block that is being filled. */
  within<T>(block: Block, make: () => T): T {
    const here = this.block;
    this.block = block;
    const made = make();
    this.block = here;
    return made;
  }
  /** A value that was made before and is at hand in this block. */
  find(key: string | number): Instr | undefined {
    for (let b: Block | null = this.block; b; b = b.parent) {
      const found = b.cache.get(key);
      if (found) return found;
    }
    return undefined;
  }
  /** The same for a variable that is not written any more in this block. */
  rememberVariable(key: string | number, variable: Variable): Instr {
    const value = this.read(variable);
    this.block.cache.set(key, value);
    return value;
  }
  remember(key: string | number, value: Instr): Instr {
    if (value.block) value.block.cache.set(key, value);
    return value;
  }
}

const results = new Map<OpName, ValType | null>();
/** The type of an instruction's result, read from its name. */
function resultOf(op: OpName): ValType | null {
  let type = results.get(op);
  if (type === undefined) results.set(op, (type = typeFromName(op)));
  return type;
}
function typeFromName(op: OpName): ValType | null {
  if (op.includes("_store") || op.startsWith("memory_")) return null;
  if (op.startsWith("f32x4_extract")) return "f32";
  if (op.startsWith("f64x2_extract")) return "f64";
  if (op.startsWith("i64x2_extract")) return "i64";
  if (op.includes("_extract_lane") || op === "v128_any_true") return "i32";
  if (/^(v128|[if]\d+x\d+)_/.test(op)) return "v128";
  if (/^[if](32|64)_(eqz|eq|ne|[lg][te](_[su])?)$/.test(op)) return "i32";
  const prefix = op.slice(0, 3);
  if (prefix === "i32" || prefix === "i64" || prefix === "f32" || prefix === "f64") return prefix;
  throw new Error(`the result of ${op} depends on its operands`);
}
