// Which values get a local, and which local: by liveness, so that a function needs as many as are alive at a time, not as many as it has values.
import { type Asm, type Block, type Immediate, type Instr, type Nested, type Variable, isNested } from "./asm.ts";
import { Bytes, type ValType } from "./encoder.ts";
import { OP, writeOp } from "./opcodes.ts";

/** Stack values nest at most this deep: code is written by recursion over them. */
const MOST_NESTED = 24;

export interface FunctionCode {
  readonly locals: readonly ValType[];
  readonly code: Bytes;
}
/** Writes a function. Its first `parameters` locals are its parameters. */
export function writeFunction(asm: Asm, parameters: number): FunctionCode {
  findLastUses(asm.root);
  return new Writer(parameters).write(asm.root);
}
const inLocal = (i: Instr): boolean => i.type !== null && i.block !== null && i.uses > 0 && (i.uses > 1 || i.escapes || i.height > MOST_NESTED);

/** Marks with each value in a local the item of its own block that uses it last. */
function findLastUses(block: Block): void {
  const use = (i: Instr, at: number): void => {
    if (i.block === null) return;
    if (inLocal(i)) {
      let b = block;
      while (b !== i.block) {
        at = b.index;
        if (!b.parent) throw new Error("a value is used outside the block that it was made in");
        b = b.parent;
      }
      i.last = at;
    } else for (const a of i.args) use(a, at);
  };
  block.items.forEach((item, at) => {
    if (isNested(item)) {
      if (item.cond && item.op === "if") use(item.cond, at);
      findLastUses(item.block);
      return;
    }
    item.height = item.args.reduce((h, a) => (a.block === null || inLocal(a) ? h : Math.max(h, a.height)), 0) + 1;
    if (item.type === null || inLocal(item)) for (const a of item.args) use(a, at);
  });
  const again = loopCondition(block);
  if (again) use(again, block.items.length);
}
/** The condition of the loop that a block is the body of: it is used at the block's end. */
const loopCondition = (block: Block): Instr | null => {
  const nested = block.parent?.items[block.index];
  return nested && isNested(nested) && nested.op === "loop" ? nested.cond : null;
};

class Writer {
  readonly code = new Bytes();
  readonly #types: ValType[] = [];
  readonly #free: Record<ValType, number[]> = { i32: [], i64: [], f32: [], f64: [], v128: [] };
  constructor(readonly parameters: number) {}

  write(root: Block): FunctionCode {
    this.#block(root);
    return { locals: this.#types, code: this.code };
  }
  #take(type: ValType): number {
    const free = this.#free[type].pop();
    if (free !== undefined) return free;
    this.#types.push(type);
    return this.parameters + this.#types.length - 1;
  }
  #block(block: Block): void {
    const dying = new Map<number, Instr[]>();
    block.items.forEach((item, at) => {
      if (isNested(item)) this.#nested(item);
      else if (item.type === null || inLocal(item)) this.#instr(item);
      for (const dead of dying.get(at) ?? []) this.#free[dead.type ?? "i32"].push(dead.local);
      if (!isNested(item) && inLocal(item)) {
        item.local = this.#take(item.type ?? "i32");
        this.code.u8(OP.local_set).u32(item.local);
        const list = dying.get(item.last);
        if (list) list.push(item);
        else dying.set(item.last, [item]);
      }
    });
    const again = loopCondition(block);
    if (again) {
      this.#use(again);
      this.code.u8(OP.br_if).u32(0);
    }
    for (const dead of dying.get(block.items.length) ?? []) this.#free[dead.type ?? "i32"].push(dead.local);
  }
  #nested(item: Nested): void {
    if (item.op === "plain") {
      this.#block(item.block);
      return;
    }
    if (item.op === "if" && item.cond) this.#use(item.cond);
    this.code.u8(item.op === "loop" ? OP.loop : OP.if).u8(0x40);
    this.#block(item.block);
    this.code.u8(OP.end);
  }
  #local(v: Variable): number {
    if (v.local < 0) v.local = this.#take(v.type);
    return v.local;
  }
  #use(i: Instr): void {
    if (i.op === "read" && i.imm.kind === "variable") this.code.u8(OP.local_get).u32(this.#local(i.imm.variable));
    else if (inLocal(i)) this.code.u8(OP.local_get).u32(i.local);
    else this.#instr(i);
  }
  #instr(i: Instr): void {
    for (const a of i.args) this.#use(a);
    if (i.op === "write") {
      if (i.imm.kind === "variable") this.code.u8(OP.local_set).u32(this.#local(i.imm.variable));
      return;
    }
    if (i.op === "read") return;
    writeOp(this.code, i.op);
    this.#immediate(i.op, i.imm);
  }
  #immediate(op: string, imm: Immediate): void {
    switch (imm.kind) {
      case "none":
        if (op === "memory_copy") this.code.u8(0).u8(0);
        return;
      case "number":
        if (op === "i32_const") this.code.s32(imm.value);
        else if (op === "f32_const") this.code.f32(imm.value);
        else this.code.f64(imm.value);
        return;
      case "bigint":
        this.code.s64(imm.value);
        return;
      case "memory":
        this.code.u32(0).u32(imm.offset);
        return;
      case "lane":
        if (imm.offset !== null) this.code.u32(0).u32(imm.offset);
        this.code.u8(imm.lane);
        return;
      case "bytes":
        for (const b of imm.bytes) this.code.u8(b);
        return;
      case "function":
        this.code.u32(imm.index);
        return;
      case "variable":
        return;
      default:
        imm satisfies never;
    }
  }
}
