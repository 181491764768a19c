// What a row of the operations' table is: how one StableHLO operation is said with our primitives. Rows see the operation, its operands and the
// program around it; the table is ops/index.ts.
import type { ShapedArray } from "../../core/aval.ts";
import type { ClosedJaxpr } from "../../core/jaxpr.ts";
import type { Value } from "../../core/value.ts";
import { Attributes, type Attribute, Named, SymbolRef, fieldsOf } from "./attributes.ts";
import { integersOf, pairsOf } from "./constants.ts";
import { StableHLOError } from "./scanner.ts";
import { type Block, type Operation, tensors } from "./syntax.ts";

/** A region as a program: what it takes from outside comes first among its inputs. */
export interface Staged {
  readonly jaxpr: ClosedJaxpr;
  readonly consts: readonly Value[];
}
/** What a row is given beside its operands. */
export class Call {
  constructor(
    readonly op: Operation,
    /** Stages a region for arguments of these types, by default its own parameters'. */
    readonly stage: (block: Block, avals?: readonly ShapedArray[]) => Staged,
    /** Calls another function of the module. */
    readonly call: (name: string, args: readonly Value[]) => readonly Value[],
    /** Whether a value is `iota` along an axis, also where that was spread over other axes. */
    readonly countsAlong: (value: string, axis: number) => boolean,
  ) {}
  /** The same operation with other attributes. */
  withAttributes(attributes: Attributes): Call {
    return new Call({ ...this.op, attributes }, this.stage, this.call, this.countsAlong);
  }
  /** The types of the results. */
  get gives(): readonly ShapedArray[] {
    return tensors(this.op.gives);
  }
  get out(): ShapedArray {
    return this.gives[0] ?? this.fail("has no result");
  }
  fail(message: string): never {
    throw new StableHLOError(`StableHLO text, line ${this.op.line}: ${this.op.name} ${message}`);
  }
  attribute(name: string): Attribute | undefined {
    return this.op.attributes.get(name);
  }
  integers(name: string): number[] {
    return integersOf(this.attribute(name));
  }
  /** A list with an entry for each axis, which may be left out. */
  perAxis(name: string, rank: number, otherwise: number): number[] {
    const given = this.integers(name);
    return given.length ? given : new Array<number>(rank).fill(otherwise);
  }
  pairs(name: string, count: number): [number, number][] {
    const given = pairsOf(this.attribute(name));
    return given.length ? given : Array.from({ length: count }, () => [0, 0]);
  }
  integer(name: string): number {
    const [n] = this.integers(name);
    return n === undefined || !Number.isFinite(n) ? this.fail(`has no ${name}`) : n;
  }
  is(name: string): boolean {
    return this.attribute(name) === true;
  }
  /** A word: LT, or `#stablehlo<comparison_direction LT>` in the generic form. */
  word(name: string): string {
    return wordOf(this.attribute(name));
  }
  symbol(name: string): string {
    const a = this.attribute(name);
    return a instanceof SymbolRef ? a.name : this.fail(`has no ${name}`);
  }
  fields(name: string): Fields {
    return new Fields(fieldsOf(this.attribute(name)));
  }
  region(i: number): Block {
    return this.op.regions[i] ?? this.fail(`has no region ${i}`);
  }
  /** A region that takes nothing from outside: reducers and comparators. */
  closed(i: number): ClosedJaxpr {
    const { jaxpr, consts } = this.stage(this.region(i));
    return consts.length ? this.fail("has a region that reads values from outside it; pass them as operands") : jaxpr;
  }
}
/** A word, in either form: LT, or `#stablehlo<comparison_direction LT>`; "" where there is none. */
export function wordOf(a: Attribute | undefined): string {
  if (typeof a === "string") return a;
  return a instanceof Named ? (a.text.trim().split(/\s+/).at(-1) ?? "") : "";
}
/** The fields of a structured attribute. */
export class Fields {
  constructor(private readonly of: Attributes) {}
  integers(name: string): number[] {
    return integersOf(this.of.get(name));
  }
  integer(name: string, otherwise: number): number {
    return this.integers(name)[0] ?? otherwise;
  }
  is(name: string): boolean {
    return this.of.get(name) === true;
  }
}
export type Row = (ins: readonly Value[], c: Call) => Value | readonly Value[];
export type Rows = Readonly<Record<string, Row>>;

/** A region that applies one operation to its two parameters, as that operation's name; "set" where it gives the second back; else null. */
export function combinerOf(block: Block | undefined): string | null {
  if (block?.parameters.length !== 2) return null;
  const [a, b] = block.parameters.map((p) => p.name);
  const [first, second] = block.operations;
  if (first && /return$/.test(first.name)) return first.operands[0] === b ? "set" : null;
  if (block.operations.length !== 2 || !first || second?.operands[0] !== first.results[0] || first.operands.length !== 2) return null;
  const [x, y] = first.operands;
  if (x === a && y === b) return first.name;
  return x === b && y === a && COMMUTES.has(first.name) ? first.name : null;
}
const COMMUTES: ReadonlySet<string> = new Set(["add", "multiply", "maximum", "minimum", "and", "or", "xor"]);
