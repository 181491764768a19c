// Buffers as WGSL sees them: what is bound, and how an element is read and written. Types of 32 bits lie in arrays of theirs; smaller ones are parts of words,
// which several threads may write to at the same time: so those are atomic where anything is stored to them. All intermediate values of a program lie in one
// buffer, the arena, which is bound once, as words.
import { type DType, isComplex, itemsize, realPart } from "../../core/dtypes.ts";
import type { KernelBuffer, Stmt } from "../kernel/ir.ts";
import { isUpdate } from "../kernel/updates.ts";
import { type Place } from "../plan/types.ts";
import { fromBits, toBits } from "./operations.ts";
import { type Use, type WgslType, wgslType } from "./types.ts";

/** Numbers that a routine's shaders read, the same in every run. */
export interface Table {
  /** Tables of one key are one. */
  readonly key: string;
  readonly words: () => Uint32Array | Float32Array;
}
/** A slot of the program's pointer table, its arena, the memory that one phase leaves things in for the next, or a table. */
export type Slot = number | "arena" | "partials" | Table;
/** A buffer that a phase uses. */
export interface Binding {
  readonly slot: Slot;
  readonly written: boolean;
}
/** How the words of a binding are declared. */
interface Declared {
  readonly name: string;
  readonly slot: Slot;
  readonly element: WgslType;
  written: boolean;
  atomic: boolean;
  /** Whether its elements are vectors of four. */
  readonly four: boolean;
}
export const isWhole = (d: DType): boolean => itemsize(d) === 4 || isComplex(d);
export const slotOf = (p: Place): number | "arena" => (p.kind === "slot" ? p.slot : "arena");

/** Which bindings have parts of words stored to them, or elements that several threads change: they are atomic in the whole phase. */
export function atomicSlots(
  buffers: readonly KernelBuffer[],
  places: readonly Place[],
  stores: readonly (Stmt & { readonly kind: "store" })[],
): ReadonlySet<number | "arena"> {
  const found = new Set<number | "arena">();
  for (const s of stores) if (!isWhole(buffers[s.buffer]!.dtype) || isUpdate(s)) found.add(slotOf(places[s.buffer]!));
  return found;
}

export class Memory {
  readonly #declared = new Map<Slot, Declared>();
  /**
   * @param words whether elements are words, whatever their type: for copies
   * @param fours the bindings that are read or written four words at a time
   */
  constructor(
    readonly buffers: readonly KernelBuffer[],
    readonly places: readonly Place[],
    readonly atomic: ReadonlySet<number | "arena">,
    readonly words: boolean,
    readonly use: Use,
    readonly fours: ReadonlySet<number | "arena"> = new Set(),
  ) {}
  #binding(buffer: number): { readonly to: Declared; readonly offset: number } {
    const place = this.places[buffer]!;
    const slot = slotOf(place);
    let to = this.#declared.get(slot);
    if (!to) {
      const d = realPart(this.buffers[buffer]!.dtype);
      const atomic = this.atomic.has(slot);
      const plain = slot === "arena" || atomic || this.words || itemsize(d) < 4;
      to = {
        name: slot === "arena" ? "arena" : `b${this.#declared.size}`,
        slot,
        element: plain ? "u32" : wgslType(d),
        written: slot === "arena",
        atomic,
        four: this.fours.has(slot),
      };
      this.#declared.set(slot, to);
    }
    return { to, offset: place.kind === "arena" ? place.offset : 0 };
  }
  /** An element's value. @param at its position, as an i32 */
  load(buffer: number, at: string): string {
    const d = realPart(this.buffers[buffer]!.dtype);
    const { to, offset } = this.#binding(buffer);
    const size = itemsize(d);
    if (size === 4) {
      const word = this.#word(to, shifted(at, offset / 4));
      return to.element === wgslType(d) ? word : `bitcast<${wgslType(d)}>(${word})`;
    }
    const { index, bit } = partOf(shifted(at, offset / size), size);
    return fromBits(d, `((${this.#word(to, index)} >> ${bit}) & ${2 ** (8 * size) - 1}u)`, this.use);
  }
  #word(to: Declared, index: string): string {
    return to.atomic ? `atomicLoad(&${this.#at(to, index)})` : this.#at(to, index);
  }
  #at({ name, four }: Declared, index: string): string {
    return four ? `${name}[(${index}) >> 2u][(${index}) & 3]` : `${name}[${index}]`;
  }
  /** Four neighbouring elements, from a multiple of four on: a vector of their values, or for small types one of the words that they lie in. */
  loadFour(buffer: number, at: string): string {
    const d = this.buffers[buffer]!.dtype;
    const { to, offset } = this.#binding(buffer);
    const size = itemsize(d);
    const first = shifted(at, offset / size);
    if (size === 4) {
      const word = `${to.name}[(${first}) >> 2u]`;
      return to.element === wgslType(d) ? word : `bitcast<vec4<${wgslType(d)}>>(${word})`;
    }
    if (size === 1) return this.#word(to, `(${first}) >> 2u`);
    return `vec2<u32>(${this.#word(to, `(${first}) >> 1u`)}, ${this.#word(to, `((${first}) >> 1u) + 1`)})`;
  }
  /** Statements that write such four. */
  storeFour(buffer: number, at: string, value: string): string[] {
    const d = this.buffers[buffer]!.dtype;
    const { to, offset } = this.#binding(buffer);
    to.written = true;
    const size = itemsize(d);
    const first = shifted(at, offset / size);
    if (size === 4) return [`${to.name}[(${first}) >> 2u] = ${to.element === wgslType(d) ? value : `bitcast<vec4<u32>>(${value})`};`];
    if (size === 1) return [`${this.#at(to, `(${first}) >> 2u`)} = ${value};`];
    return [0, 1].map((j) => `${this.#at(to, `((${first}) >> 1u) + ${j}`)} = ${value}[${j}];`);
  }
  /** Statements that write an element. @param alone whether no other thread writes to it: else a small element is one thread's or another's as a whole */
  store(buffer: number, at: string, value: string, alone: boolean): string[] {
    const d = realPart(this.buffers[buffer]!.dtype);
    const { to, offset } = this.#binding(buffer);
    to.written = true;
    const size = itemsize(d);
    if (size === 4) {
      const index = shifted(at, offset / 4);
      const word = to.element === wgslType(d) ? value : `bitcast<u32>(${value})`;
      return [to.atomic ? `atomicStore(&${to.name}[${index}], ${word});` : `${to.name}[${index}] = ${word};`];
    }
    if (!alone) return this.update(buffer, at, () => ({ lines: [], value }));
    const { index, bit } = partOf(shifted(at, offset / size), size);
    const mask = `(${2 ** (8 * size) - 1}u << ${bit})`;
    return [`atomicAnd(&${to.name}[${index}], ~${mask});`, `atomicOr(&${to.name}[${index}], ${toBits(d, value, this.use)} << ${bit});`];
  }
  /** Statements that change an element by what it was, whatever other threads do to it and its neighbours. @param change lines that define the new value, from the old one */
  update(buffer: number, at: string, change: (old: string) => { readonly lines: readonly string[]; readonly value: string }): string[] {
    const d = realPart(this.buffers[buffer]!.dtype);
    const { to, offset } = this.#binding(buffer);
    to.written = true;
    const size = itemsize(d);
    const small = size < 4 ? partOf(shifted(at, offset / size), size) : null;
    const word = `${to.name}[${small ? small.index : shifted(at, offset / 4)}]`;
    const mask = `${2 ** (8 * size) - 1}u`;
    const { lines, value } = change(fromBits(d, small ? `((found >> bit) & ${mask})` : "found", this.use));
    const bits = toBits(d, value, this.use);
    return [
      "loop {",
      ...(small ? [`  let bit = ${small.bit};`] : []),
      `  let found = atomicLoad(&${word});`,
      ...lines.map((l) => `  ${l}`),
      `  if (atomicCompareExchangeWeak(&${word}, found, ${small ? `(found & ~(${mask} << bit)) | (${bits} << bit)` : bits}).exchanged) { break; }`,
      "}",
    ];
  }
  /** Copies a word. */
  copy(to: number, from: number, at: string): string {
    const target = this.#binding(to);
    const source = this.#binding(from);
    target.to.written = true;
    return `${target.to.name}[${shifted(at, target.offset / 4)}] = ${source.to.name}[${shifted(at, source.offset / 4)}];`;
  }
  /** A word of the memory for parts of sums. */
  partial(at: string, written: boolean): string {
    this.#declared.set("partials", { name: "partials", slot: "partials", element: "u32", written, atomic: false, four: false });
    return `partials[${at}]`;
  }
  /** The name of a table. */
  table(table: Table, element: WgslType): string {
    const name = `table${[...this.#declared.keys()].filter((k) => typeof k === "object" && k !== table).length}`;
    const known = this.#declared.get(table);
    if (!known) this.#declared.set(table, { name, slot: table, element, written: false, atomic: false, four: false });
    return known?.name ?? name;
  }
  get bindings(): Binding[] {
    return [...this.#declared.values()].map(({ slot, written }) => ({ slot, written }));
  }
  /** What stands before the kernel's function. */
  declarations(): string {
    return [...this.#declared.values()]
      .map(
        (b, i) =>
          `@group(0) @binding(${i}) var<storage, ${b.written ? "read_write" : "read"}> ${b.name}: array<${b.atomic ? `atomic<${b.element}>` : b.four ? `vec4<${b.element}>` : b.element}>;\n`,
      )
      .join("");
  }
}
const shifted = (at: string, by: number): string => (by === 0 ? at : `${at} + ${by}`);
/** The word of a small element, and the bit where it begins in it. */
function partOf(at: string, size: number): { readonly index: string; readonly bit: string } {
  return size === 1 ? { index: `(${at}) >> 2u`, bit: `(u32((${at}) & 3) * 8u)` } : { index: `(${at}) >> 1u`, bit: `(u32((${at}) & 1) * 16u)` };
}
