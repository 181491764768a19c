// What copies of a loop's body gather in lanes, and the array that it is left in.
import { neutral } from "../../core/neutral.ts";
import { type Acc, regOf } from "../kernel/ir.ts";
import type { Carry } from "../kernel/schedule.ts";
import type { VectorWidth as Width } from "../target.ts";
import { laneOp, splatConstant, vectorType } from "./lanes.ts";
import { constant, scalarOp } from "./scalars.ts";
import type { CText } from "./text.ts";
import { part } from "./values.ts";

/** An array of what has been gathered, by its name. */
export interface Gathered {
  readonly name: string;
  readonly count: number;
}
/** What a copy of a loop's body gathers in lanes. */
export interface Total {
  readonly width: Width;
  add(x: string): void;
  read(): string;
}
export class Plain implements Total {
  constructor(
    readonly c: CText,
    readonly acc: Acc,
    readonly op: Carry["op"],
    readonly name: string,
    readonly width: Width,
  ) {}
  add(x: string): void {
    this.c.line(`${this.name} = ${laneOp(this.c, this.op, this.acc.dtype, [this.name, x], null, this.width)};`);
  }
  read(): string {
    return this.name;
  }
}
/** The largest or the least of floats, as wasm/extremes.ts gathers it: NaN and the signs of zeros are kept beside it, and looked at once. */
export class Extreme implements Total {
  readonly #value: string;
  readonly #nan: string;
  readonly #signs: string;
  constructor(
    readonly c: CText,
    readonly op: "max" | "min",
    start: string,
    readonly width: Width,
  ) {
    const variable = (type: string, value: string): string => {
      const name = c.name("m");
      c.line(`${type} ${name} = ${value};`);
      return name;
    };
    this.#value = variable(`f32x${width}`, start);
    this.#nan = variable(`i32x${width}`, "{0}");
    this.#signs = variable(`i32x${width}`, op === "max" ? splatConstant(c, -1, "int32", width) : "{0}");
  }
  add(x: string): void {
    const { c, width } = this;
    c.line(`${this.#nan} |= (i32x${width})(${x} != ${x});`);
    c.line(`${this.#signs} ${this.op === "max" ? "&" : "|"}= (i32x${width})${x};`);
    c.line(`${this.#value} = ${c.call(`p${this.op}_f32x${width}`, this.#value, x)};`);
  }
  /** Takes in what another copy has gathered; its NaN are noted beside its values. */
  join(o: Extreme): void {
    const { c } = this;
    c.line(`${this.#nan} |= ${o.#nan};`);
    c.line(`${this.#signs} ${this.op === "max" ? "&" : "|"}= ${o.#signs};`);
    c.line(`${this.#value} = ${c.call(`p${this.op}_f32x${this.width}`, this.#value, o.#value)};`);
  }
  read(): string {
    const { c, width } = this;
    const zero = c.define(`f32x${width}`, `(f32x${width})(${this.#signs} & ${splatConstant(c, -0x80000000, "int32", width)})`);
    const signed = c.call(`select_f32x${width}`, `(i32x${width})(${this.#value} == 0.0f)`, zero, this.#value);
    return `(f32x${width})((i32x${width})${signed} | ${this.#nan})`;
  }
}
export function startTotal(c: CText, { acc, op }: Carry, width: Width): Total {
  const start = splatConstant(c, neutral(op, acc.dtype), acc.dtype, width);
  if ((op === "max" || op === "min") && vectorType(acc.dtype, width) === `f32x${width}`) return new Extreme(c, op, start, width);
  const name = c.name("s");
  c.line(`${vectorType(acc.dtype, width)} ${name} = ${start};`);
  return new Plain(c, acc, op, name, width);
}
/** Writes what copies have gathered into an array, copy after copy. */
export function gather(c: CText, acc: Acc, totals: readonly Total[] | undefined): Gathered | null {
  if (!totals?.length) return null;
  const w = totals[0]!.width;
  const name = c.name("parts");
  const [first, ...others] = totals;
  // The order of maxima does not show: one vector of them is left.
  if (first instanceof Extreme) for (const o of others) if (o instanceof Extreme) first.join(o);
  const left = first instanceof Extreme ? [first] : totals;
  c.line(`${regOf(acc.dtype)} ${name}[${w * left.length}];`);
  left.forEach((t, i) => c.line(`*(${vectorType(acc.dtype, w)}_u *)(${name} + ${i * w}) = ${t.read()};`));
  return { name, count: w * left.length };
}
/** Adds what has been gathered to the accumulator `total`: the parts by fours, then the four. */
export function fold(c: CText, { acc, op }: Carry, total: string, parts: Gathered | null, narrow: Total | undefined): void {
  const type = vectorType(acc.dtype, 4);
  const fours: string[] = [];
  for (let i = 0; parts !== null && i < parts.count; i += 4) fours.push(`*(const ${type}_u *)(${parts.name} + ${i})`);
  // A sum's first part has gone on in `narrow`; what else it has gathered is one more.
  if (narrow instanceof Plain && parts !== null) fours[0] = narrow.read();
  else if (narrow) fours.push(narrow.read());
  const [first, ...rest] = fours;
  if (!first) return;
  let all = c.define(type, first);
  for (const x of rest) all = c.define(type, laneOp(c, op, acc.dtype, [all, c.define(type, x)], null, 4));
  for (let k = 0; k < 4; k++) {
    const x = acc.dtype === "bool" ? `(${all}[${k}] & 1)` : `${all}[${k}]`;
    c.line(`${total} = ${scalarOp(c, op, acc.dtype, [total, x])};`);
  }
}
/** Where lanes are scalars: accumulators of all parts begin with what changes nothing. Gives their names and types. */
export function startParts(c: CText, { acc, op }: Carry, parts: number): (readonly [name: string, type: string])[] {
  const names = Array.from({ length: parts }, (_v, k) => part(acc.id, k));
  for (const name of names) c.line(`${name} = ${constant(neutral(op, acc.dtype), acc.dtype)};`);
  return names.map((name) => [name, regOf(acc.dtype)]);
}
/** Adds those to the accumulator `total`: copies into the first one, lane by lane, then its lanes. */
export function foldParts(c: CText, { acc, op }: Carry, total: string, lanes: number, copies: number): void {
  const add = (to: string, x: string): void => c.line(`${to} = ${scalarOp(c, op, acc.dtype, [to, x])};`);
  for (let k = 0; k < lanes; k++) {
    for (let copy = 1; copy < copies; copy++) add(part(acc.id, k), part(acc.id, copy * lanes + k));
    add(total, part(acc.id, k));
  }
}
