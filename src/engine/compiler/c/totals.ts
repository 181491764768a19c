// What copies of a loop's body gather in lanes, and the array that it is left in.
import { neutral } from "../../core/neutral.ts";
import type { Acc } from "../kernel/ir.ts";
import type { Carry } from "../kernel/schedule.ts";
import type { VectorWidth as Width } from "../target.ts";
import { laneOp, splatConstant, vectorType } from "./lanes.ts";
import type { CText } from "./text.ts";

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
