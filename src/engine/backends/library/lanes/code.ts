// Routines that are written for WebAssembly by hand: functions over the heap, put together from instructions and compiled when they are first called.
import type { Address } from "../../../compiler/wasm/addresses.ts";
import { Asm, type Instr, type Variable } from "../../../compiler/wasm/asm.ts";
import { ModuleBuilder, type ValType } from "../../../compiler/wasm/encoder.ts";
import { writeFunction } from "../../../compiler/wasm/locals.ts";
import type { OpName } from "../../../compiler/wasm/opcodes.ts";
import { heap } from "../../wasm/heap.ts";

/** The element types that routines have lanes for. */
export type Real = "f32" | "f64";
export const bytesOfReal = (r: Real): number => (r === "f32" ? 4 : 8);
const VECTOR = 16;

/** The code of one function. Numbers are constants; variables are read where they stand. */
export class Code {
  readonly a = new Asm();
  #level = 0;
  constructor(readonly real: Real) {}
  get bytes(): number {
    return bytesOfReal(this.real);
  }
  get lanes(): number {
    return VECTOR / this.bytes;
  }
  v(x: Variable | Instr | number): Instr {
    return typeof x === "number" ? this.a.i32(x) : "op" in x ? x : this.a.read(x);
  }
  i32(
    op: "add" | "sub" | "mul" | "shl" | "and" | "or" | "xor" | "shr_u" | "shr_s" | "eq" | "lt_u" | "gt_u" | "lt_s",
    x: Variable | Instr | number,
    y: Variable | Instr | number,
  ): Instr {
    return this.a.op(`i32_${op}`, this.v(x), this.v(y));
  }
  set(to: Variable, value: Variable | Instr | number): void {
    this.a.write(to, this.v(value));
  }
  step(to: Variable, by: Variable | Instr | number): void {
    this.set(to, this.i32("add", to, by));
  }
  index(start: Variable | Instr | number = 0): Variable {
    const v = this.a.variable("i32");
    this.set(v, start);
    return v;
  }
  /** Runs `body` while a variable that it moves is below `end`; not at all where it starts there. */
  below(v: Variable, end: Variable | Instr | number, by: Variable | Instr | number, body: () => void): void {
    const { a } = this;
    const last = this.v(end);
    const step = this.v(by);
    a.when(this.i32("lt_u", v, last), () => {
      a.nest("loop", ++this.#level, () => {
        body();
        this.step(v, step);
        return this.i32("lt_u", v, last);
      });
    });
    this.#level--;
  }
  /** The loop of a counter from 0 on. */
  count(end: Variable | Instr | number, by: number, body: (v: Variable) => void): void {
    const v = this.index();
    this.below(v, end, by, () => body(v));
  }
  // ---- vectors of the real type
  #prefix(): "f32x4" | "f64x2" {
    return this.real === "f32" ? "f32x4" : "f64x2";
  }
  load(at: Variable | Instr, offset = 0): Instr {
    return this.a.load("v128_load", this.v(at), offset);
  }
  store(at: Variable | Instr, value: Instr, offset = 0): void {
    this.a.store("v128_store", this.v(at), offset, value);
  }
  /** One element in all lanes. */
  spread(at: Variable | Instr, offset = 0): Instr {
    return this.a.load(this.real === "f32" ? "v128_load32_splat" : "v128_load64_splat", this.v(at), offset);
  }
  splat(x: Instr): Instr {
    return this.a.op(`${this.#prefix()}_splat`, x);
  }
  constant(value: number): Instr {
    return this.splat(this.number(value));
  }
  add(x: Instr, y: Instr): Instr {
    return this.a.op(`${this.#prefix()}_add`, x, y);
  }
  sub(x: Instr, y: Instr): Instr {
    return this.a.op(`${this.#prefix()}_sub`, x, y);
  }
  mul(x: Instr, y: Instr): Instr {
    return this.a.op(`${this.#prefix()}_mul`, x, y);
  }
  div(x: Instr, y: Instr): Instr {
    return this.a.op(`${this.#prefix()}_div`, x, y);
  }
  neg(x: Instr): Instr {
    return this.a.op(`${this.#prefix()}_neg`, x);
  }
  /** Elements of two vectors, by their numbers in both. */
  shuffle(x: Instr, y: Instr, elements: readonly number[]): Instr {
    const { bytes } = this;
    return this.a.shuffle(
      x,
      y,
      elements.flatMap((e) => Array.from({ length: bytes }, (_b, i) => e * bytes + i)),
    );
  }
  // ---- scalars of the real type
  number(value: number): Instr {
    return this.real === "f32" ? this.a.f32(value) : this.a.f64(value);
  }
  get(at: Variable | Instr, offset = 0): Instr {
    return this.a.load(`${this.real}_load`, this.v(at), offset);
  }
  put(at: Variable | Instr, value: Instr, offset = 0): void {
    this.a.store(`${this.real}_store`, this.v(at), offset, value);
  }
  s(op: "add" | "sub" | "mul" | "div", x: Instr | Variable, y: Instr | Variable): Instr {
    return this.a.op(`${this.real}_${op}` as OpName, this.v(x), this.v(y));
  }
}
export type Parameter = "i32" | "real";
export interface Routine {
  readonly parameters: readonly Parameter[];
  readonly write: (c: Code, ...p: Variable[]) => void;
}
type Compiled<K extends string> = Readonly<Record<K, (...args: number[]) => void>>;

/** Functions of one module, for an element type: compiled at the first call. */
export function laneFunctions<K extends string>(routines: Readonly<Record<K, Routine>>): (real: Real) => Compiled<K> {
  const made = new Map<Real, Compiled<K>>();
  return (real) => {
    let found = made.get(real);
    if (!found) made.set(real, (found = compile(routines, real)));
    return found;
  };
}
function compile<K extends string>(routines: Readonly<Record<K, Routine>>, real: Real): Compiled<K> {
  const m = new ModuleBuilder();
  for (const name in routines) {
    const { parameters, write } = routines[name];
    const code = new Code(real);
    const types = parameters.map((p): ValType => (p === "real" ? real : "i32"));
    const variables = types.map((type, local): Variable => ({ type, local }));
    write(code, ...variables);
    const { locals, code: body } = writeFunction(code.a, variables.length);
    m.add(types, [], locals, body, name);
  }
  const instance = new WebAssembly.Instance(new WebAssembly.Module(m.build() as BufferSource), { env: { memory: heap.memory } });
  return instance.exports as never;
}
/** The address that an instruction computes, with a constant beside it. */
export const at = (base: Instr, offset = 0): Address => ({ base, offset });

/** Memory for the time of a routine. Views of the heap made before are not to be used after it was taken. */
export function withScratch<T>(bytes: number, what: string, use: (address: number) => T): T {
  const address = heap.take(bytes, () => what);
  try {
    return use(address);
  } finally {
    heap.give(address, bytes);
  }
}
