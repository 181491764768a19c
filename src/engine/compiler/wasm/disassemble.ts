// A module's first function as text in WebAssembly's own notation: what was really written, read back from the bytes.
// Source: WebAssembly Core Specification 2.0, chapters 5 (binary format) and 6 (text format).
import { OP } from "./opcodes.ts";

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(OP).map(([name, code]) => [code, textName(name)]));
/** i32_load8_u → i32.load8_u, local_get → local.get */
function textName(name: string): string {
  if (name === "br_if" || name === "br_table" || name === "call") return name;
  return name.replace("_", ".");
}
const VALUE_TYPES: Readonly<Record<number, string>> = { 0x7f: "i32", 0x7e: "i64", 0x7d: "f32", 0x7c: "f64", 0x7b: "v128" };
const CODE_SECTION = 10;

class Reader {
  readonly #view: DataView;
  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  u8(): number {
    return this.#view.getUint8(this.at++);
  }
  /** LEB128, unsigned or signed. */
  leb(signed: boolean): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(this.u8());
      value |= (byte & 0x7fn) << shift;
      if (byte & 0x80n) continue;
      return signed && byte & 0x40n ? value - (1n << (shift + 7n)) : value;
    }
  }
  u32(): number {
    return Number(this.leb(false));
  }
  f32(): number {
    this.at += 4;
    return this.#view.getFloat32(this.at - 4, true);
  }
  f64(): number {
    this.at += 8;
    return this.#view.getFloat64(this.at - 8, true);
  }
}
/** @param names of imported functions, by index */
export function disassemble(module: Uint8Array, names: readonly string[]): string {
  const r = new Reader(module, 8);
  while (r.at < module.length) {
    const id = r.u8();
    const size = r.u32();
    if (id !== CODE_SECTION) r.at += size;
    else {
      r.u32();
      const end = r.u32() + r.at;
      return functionText(r, end, names);
    }
  }
  throw new Error("the module has no code");
}
function functionText(r: Reader, end: number, names: readonly string[]): string {
  const lines: string[] = [];
  const groups = r.u32();
  const locals: string[] = [];
  for (let i = 0; i < groups; i++) {
    const count = r.u32();
    locals.push(`${count > 1 ? `${count} × ` : ""}${VALUE_TYPES[r.u8()] ?? "?"}`);
  }
  if (locals.length) lines.push(`(local ${locals.join(", ")})`);
  let indent = 0;
  while (r.at < end - 1) {
    const text = instruction(r, names);
    if (text === "end" || text === "else") indent--;
    lines.push("  ".repeat(Math.max(0, indent)) + text);
    if (/^(block|loop|if|else)$/.test(text)) indent++;
  }
  return lines.join("\n");
}
function instruction(r: Reader, names: readonly string[]): string {
  const first = r.u8();
  const code = first === 0xfc ? 0x2000 + r.u32() : first === 0xfd ? 0x1000 + r.u32() : first;
  const name = NAMES.get(code);
  if (name === undefined) throw new Error(`unknown instruction 0x${code.toString(16)}`);
  switch (code) {
    case OP.block:
    case OP.loop:
    case OP.if:
      r.u8();
      return name;
    case OP.call: {
      const index = r.u32();
      return `call $${names[index] ?? index}`;
    }
    case OP.br:
    case OP.br_if:
    case OP.local_get:
    case OP.local_set:
    case OP.local_tee:
      return `${name} ${r.u32()}`;
    case OP.i32_const:
    case OP.i64_const:
      return `${name} ${r.leb(true)}`;
    case OP.f32_const:
      return `${name} ${r.f32()}`;
    case OP.f64_const:
      return `${name} ${r.f64()}`;
    case OP.memory_copy:
      r.at += 2;
      return name;
  }
  const memory = /[._](load|store)/.test(name);
  r.at += memory ? 1 : 0;
  const offset = memory ? r.u32() : 0;
  const lane = name.endsWith("_lane") ? ` ${r.u8()}` : "";
  return `${name}${offset ? ` offset=${offset}` : ""}${lane}`;
}
