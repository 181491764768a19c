// Eager operations: programs of one equation, found again by the operation, the types of its operands and the meaning of its parameters.
import { ShapedArray } from "../core/aval.ts";
import { onForget } from "../core/caches.ts";
import { scalarArray } from "../core/arrays.ts";
import { ClosedJaxpr, EMPTY_SOURCE, Eqn, Jaxpr, Var } from "../core/jaxpr.ts";
import { type Params, type Primitive, primitiveNamed } from "../core/primitive.ts";
import { jaxprKey, paramsKey } from "../core/structure.ts";
import type { NDArray } from "../core/value.ts";

/** The programs that are kept, at most; the one that was not used for the longest time goes first. */
const MAX_KEPT = 2048;
class Kept {
  readonly #programs = new Map<string, ClosedJaxpr>();
  constructor() {
    onForget(() => this.#programs.clear());
  }
  get(key: string, make: () => ClosedJaxpr): ClosedJaxpr {
    let p = this.#programs.get(key);
    if (p) {
      // Only a full cache has to know what was used last.
      if (this.#programs.size >= MAX_KEPT / 2) {
        this.#programs.delete(key);
        this.#programs.set(key, p);
      }
      return p;
    }
    p = make();
    if (this.#programs.size >= MAX_KEPT) this.#programs.delete(this.#programs.keys().next().value!);
    this.#programs.set(key, p);
    return p;
  }
}
const operations = new Kept(),
  shared = new Kept();

/** An operation in the form in which it is evaluated: what changes from call to call is an operand, not a part of the program. */
interface Operation {
  readonly primitive: Primitive;
  readonly args: readonly NDArray[];
  readonly params: Params;
}
type Form = (args: readonly NDArray[], params: Params) => Operation | null;
const FORMS: Readonly<Record<string, Form>> = {
  // x[k] and x[k:k+n] for any k are one program.
  slice: ([x], params) => {
    const { startIndices, limitIndices, strides } = params as unknown as {
      readonly startIndices: readonly number[];
      readonly limitIndices: readonly number[];
      readonly strides: readonly number[] | null;
    };
    if (strides) return null;
    return {
      primitive: primitiveNamed("dynamic_slice"),
      args: [x!, ...startIndices.map(integer)],
      params: { sliceSizes: limitIndices.map((n, i) => n - startIndices[i]!) },
    };
  },
};
const integers: NDArray[] = [];
const INT = new ShapedArray([], "int32");
/** An integer as an array; small ones are made once. */
const integer = (n: number): NDArray => (n < 1024 ? (integers[n] ??= scalarArray(n, INT)) : scalarArray(n, INT));

/** The operation to evaluate, and its program. */
export function eagerProgram(primitive: Primitive, args: readonly NDArray[], params: Params): { program: ClosedJaxpr; args: readonly NDArray[] } {
  const o = FORMS[primitive.name]?.(args, params) ?? { primitive, args, params };
  let key = o.primitive.name;
  for (const a of o.args) key += `,${a.aval.id}`;
  const own = paramsKey(o.primitive, o.params);
  if (own) key += `|${own}`;
  return { program: operations.get(key, () => programOf(o)), args: o.args };
}
function programOf({ primitive, args, params }: Operation): ClosedJaxpr {
  const ins = args.map((a) => new Var(new ShapedArray(a.aval.shape, a.aval.dtype, a.aval.weakType)));
  const outs = primitive
    .abstract(
      ins.map((v) => v.aval),
      params,
    )
    .map((a) => new Var(a));
  return new ClosedJaxpr(new Jaxpr([], ins, [new Eqn(primitive, ins, outs, params, EMPTY_SOURCE)], outs, primitive.name), []);
}
/** The program that stands for all that are written alike: for programs that are made anew at each call, as the branches of an eager cond are. */
export const sharedProgram = (c: ClosedJaxpr): ClosedJaxpr => (c.consts.length ? c : shared.get(jaxprKey(c.jaxpr), () => c));
