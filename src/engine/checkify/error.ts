// What has failed so far, as values that flow through a program: for each kind of failure whether it happened, which check it was, and what its message shows.
// The first failure of a kind stays; among kinds the check that stands first in the program is told of, as JAX does. And the primitive that raises it.
import { ShapedArray } from "../core/aval.ts";
import { ConcretizationTypeError, JaxRuntimeError, MissingRuleError } from "../core/errors.ts";
import { type Primitive, definePrimitive } from "../core/primitive.ts";
import { registerPytreeNodeClass } from "../core/pytree.ts";
import { bind } from "../core/trace.ts";
import type { NDArray, Value } from "../core/value.ts";
import { argmax } from "../numpy/reductions.ts";
import {
  convert,
  dynamicSlice,
  frontAxis,
  full,
  lit,
  or,
  reshape,
  rev,
  select,
  sliceInDim,
  splat,
  spreadBatch,
  squeeze,
  sub,
} from "../primitives/ops.ts";
import { concreteOf } from "../transforms/jvp.ts";

/** Sorts of checks: a failed `check`, a NaN that was made, an index out of bounds, a division by zero. */
export type ErrorCategory = "user" | "nan" | "index" | "div";
/** What a check says when it fails. */
export interface Failure {
  readonly category: ErrorCategory;
  /** The message, from the values that were kept for it. */
  readonly describe: (payload: readonly NDArray[]) => string;
}
/** Failures of one category whose messages need values of the same types. */
interface Slot {
  readonly category: ErrorCategory;
  readonly failed: Value;
  /** The number of the check. */
  readonly code: Value;
  readonly payload: readonly Value[];
}
/** The checks of a program by number. Two are equal where they hold the same checks. */
class Catalogue {
  constructor(readonly checks: ReadonlyMap<number, Failure> = new Map()) {}
  with(other: Catalogue): Catalogue {
    return new Catalogue(new Map([...this.checks, ...other.checks]));
  }
  /** By which structures of pytrees are compared. */
  toJSON(): readonly number[] {
    return [...this.checks.keys()];
  }
}
/** The form of an error: its slots in order, with the types of what each keeps. */
export interface Layout {
  readonly slots: readonly { readonly key: string; readonly category: ErrorCategory; readonly payload: readonly ShapedArray[] }[];
  readonly catalogue: Catalogue;
}
const BOOL = new ShapedArray([], "bool"),
  INT = new ShapedArray([], "int32");
export const layoutAvals = (l: Layout): ShapedArray[] => l.slots.flatMap((s) => [BOOL, INT, ...s.payload]);
const keyOf = (category: ErrorCategory, payload: readonly Value[]): string =>
  [category, ...payload.map((p) => `${p.dtype}[${p.shape.join()}]`)].join(" ");

let nextCode = 1;
/** A number for a check: those that stand later in a program have larger ones. */
const newCode = (): number => nextCode++;

/** What checks found: given by functions under `checkify`, as a pytree. JAX's checkify.Error. */
export class CheckError {
  constructor(
    private readonly slots: ReadonlyMap<string, Slot> = new Map(),
    private readonly catalogue = new Catalogue(),
  ) {}
  /** The error after one more check. `failed` is a boolean scalar; `payload` is what its message shows. */
  record(failed: Value, failure: Failure, payload: readonly Value[] = [], code = newCode()): CheckError {
    return this.merged(
      { category: failure.category, failed, code: lit("int32", code), payload: payload.map((p) => convert(p, p.dtype)) },
      new Catalogue(new Map([[code, failure]])),
    );
  }
  private merged(s: Slot, catalogue: Catalogue): CheckError {
    const key = keyOf(s.category, s.payload),
      before = this.slots.get(key);
    const slot: Slot = before
      ? {
          category: s.category,
          failed: or(before.failed, s.failed),
          code: select(before.failed, before.code, s.code),
          payload: s.payload.map((p, i) => select(splat(before.failed, p.shape), before.payload[i]!, p)),
        }
      : s;
    return new CheckError(new Map([...this.slots, [key, slot]]), this.catalogue.with(catalogue));
  }
  /** With a later error's failures of these categories. */
  joined(later: CheckError, categories: ReadonlySet<ErrorCategory>): CheckError {
    let all = new CheckError(this.slots, this.catalogue.with(later.catalogue));
    for (const s of later.slots.values()) if (categories.has(s.category)) all = all.merged(s, later.catalogue);
    return all;
  }
  get layout(): Layout {
    return {
      slots: [...this.slots].map(([key, s]) => ({ key, category: s.category, payload: s.payload.map((p) => p.aval) })),
      catalogue: this.catalogue,
    };
  }
  /** The values that a program hands on. */
  get values(): Value[] {
    return [...this.slots.values()].flatMap((s) => [s.failed, s.code, ...s.payload]);
  }
  static of({ slots, catalogue }: Layout, values: readonly Value[]): CheckError {
    let at = 0;
    return new CheckError(
      new Map(
        slots.map(({ key, category, payload }) => {
          const [failed, code, ...kept] = values.slice(at, (at += 2 + payload.length));
          return [key, { category, failed: failed!, code: code!, payload: kept }];
        }),
      ),
      catalogue,
    );
  }
  /** With slots for all failures of these programs, none of them failed: programs that take turns keep one form. */
  widened(...layouts: readonly Layout[]): CheckError {
    const slots = new Map(this.slots);
    for (const { key, category, payload } of layouts.flatMap((l) => l.slots))
      if (!slots.has(key))
        slots.set(key, {
          category,
          failed: lit("bool", false),
          code: lit("int32", -1),
          payload: payload.map((a) => full(a.shape, a.dtype, 1)),
        });
    return new CheckError(slots, this.catalogue);
  }
  /** Of an error of many examples, in each slot the last one that failed. */
  reduced(): CheckError {
    const one = (s: Slot): Slot => {
      const { shape } = s.failed,
        n = shape.reduce((a, b) => a * b, 1);
      if (!shape.length) return s;
      const last = sub(lit("int32", n - 1), convert(argmax(rev(reshape(s.failed, [n]), [0])), "int32"));
      const take = (v: Value): Value => {
        const rest = v.shape.slice(shape.length),
          zeros = rest.map(() => lit("int32", 0));
        return squeeze(dynamicSlice(reshape(v, [n, ...rest]), [last, ...zeros], [1, ...rest]), [0]);
      };
      return { category: s.category, failed: take(s.failed), code: take(s.code), payload: s.payload.map(take) };
    };
    return new CheckError(new Map([...this.slots].map(([key, s]) => [key, one(s)])), this.catalogue);
  }
  /** The message of the first failure, or null. Throws ConcretizationTypeError under a transformation: return the error from it, and ask outside. */
  get(): string | null {
    const slots = [...this.slots.values()].map((s) => ({ failed: known(s.failed), code: known(s.code), payload: s.payload.map(known) })),
      shape = slots[0]?.failed.shape ?? [];
    const lines = placesIn(shape).flatMap((place) => {
      const failed = slots.filter((s) => at(s.failed, place).item()),
        first = failed.map((s) => ({ code: Number(at(s.code, place).item()), payload: s.payload })).sort((a, b) => a.code - b.code)[0];
      if (!first) return [];
      const text = this.catalogue.checks.get(first.code)?.describe(first.payload.map((p) => at(p, place))) ?? "a check failed";
      return [shape.length ? `at mapped index ${place.join(", ")}: ${text}` : text];
    });
    return lines.length ? lines.join("\n") : null;
  }
  /** The exception that `throw` throws, or null. */
  getException(): JaxRuntimeError | null {
    const message = this.get();
    return message === null ? null : new JaxRuntimeError(message);
  }
  /** Throws JaxRuntimeError with the message of the first failure, if there is one. Under another `checkify` it becomes part of that one's error. */
  throw(): void {
    raise(this);
  }
  toString(): string {
    return `Error(${this.get() ?? "None"})`;
  }
  treeFlatten(): readonly [readonly unknown[], unknown] {
    return [this.values, [[...this.slots].map(([key, s]) => [key, s.category, s.payload.length]), this.catalogue]];
  }
  static treeUnflatten(aux: unknown, children: readonly unknown[]): CheckError {
    const [slots, catalogue] = aux as [[string, ErrorCategory, number][], Catalogue],
      values = children as readonly Value[];
    return CheckError.of(
      { slots: slots.map(([key, category, n]) => ({ key, category, payload: Array<ShapedArray>(n).fill(BOOL) })), catalogue },
      values,
    );
  }
}
registerPytreeNodeClass(CheckError);

/** Every place of an array of this shape. */
const placesIn = (shape: readonly number[]): number[][] =>
  shape.reduce<number[][]>((places, n) => places.flatMap((p) => Array.from({ length: n }, (_x, i) => [...p, i])), [[]]);
const at = (v: NDArray, place: readonly number[]): NDArray => place.reduce<Value>((x, i) => squeeze(sliceInDim(x, 0, i, i + 1), [0]), v) as NDArray;
function known(v: Value): NDArray {
  const x = concreteOf(v);
  if (!x)
    throw new ConcretizationTypeError(
      "checkify: this error is still being computed; return it from the transformed function, and call get() or throw() outside",
    );
  return x;
}

interface CheckParams {
  readonly layout: Layout;
  /** Counts under checkify alone. */
  readonly debug: boolean;
}
/** Raises an error; `checkify` takes it out of a program. */
const checkPrimitive: Primitive<CheckParams> = definePrimitive<CheckParams>({
  name: "check",
  multipleResults: true,
  effectful: true,
  abstract: () => [],
  impl: (args, { layout, debug }) => {
    const e = debug ? null : CheckError.of(layout, args).getException();
    if (e) throw e;
    return [];
  },
  jvp: (primals, _t, params) => [bind(checkPrimitive, primals, params), []],
  transpose: (_c, args) => args.map(() => null),
  batch: (args, dims, { layout, debug }, { size }) => {
    const mapped = args.map((a, i) => (dims[i] === null ? spreadBatch(a, null, size) : frontAxis(a, dims[i]!)));
    raise(CheckError.of(layout, mapped), debug);
    return [[], []];
  },
  lower: (_g, _inputs, { debug }) => {
    if (debug) return [];
    throw new MissingRuleError(
      "a checkify.check stands in a program that is compiled (jit, scan, …) and not under checkify: write jit(checkify.checkify(f)), or checkify.debugCheck for a check that counts under checkify alone",
    );
  },
  printParams: () => ({ layout: null }),
});
/** Raises an error where it stands: at once, or by the program that is being written down. */
export function raise(error: CheckError, debug = false): void {
  const one = error.reduced();
  bind(checkPrimitive, one.values, { layout: one.layout, debug });
}
