// What a reduction keeps between elements, as variables of the kernel.
import { type DType, isComplex, realPart } from "../../core/dtypes.ts";
import type { KernelContext } from "./build.ts";
import type { Acc, Expr, Fold, Stmt } from "./ir.ts";
import type { LoopVar } from "./ix.ts";
import { type Scalar, isPair } from "./scalar.ts";

const flat = (values: readonly Scalar[]): Expr[] => values.flatMap((v) => (isPair(v) ? [...v] : [v]));
/**
 * Joins values to accumulators, as a statement that a grid's threads may carry out in parts.
 * @param join an associative computation, @param depth and @param vars of the loop that it stands in
 */
export function foldInto(
  accs: Accumulators,
  values: readonly Scalar[],
  identity: readonly Scalar[],
  join: (left: readonly Scalar[], right: readonly Scalar[]) => readonly Scalar[],
  depth: number,
  vars: readonly LoopVar[],
): Fold {
  const { k, all } = accs;
  const [left, right] = [new Accumulators(k, accs.dtypes), new Accumulators(k, accs.dtypes)];
  const joined = flat(join(left.at(depth, vars), right.at(depth, vars)));
  return {
    kind: "fold",
    accs: all,
    values: flat(values),
    left: left.all,
    right: right.all,
    joined,
    now: flat(accs.at(depth, vars)),
    identity: flat(identity),
    ...(k.b.of ? { of: k.b.of } : {}),
  };
}
/** Says folds by assignments, for what runs them one after another. */
export const withoutFolds = (body: readonly Stmt[]): Stmt[] =>
  body.flatMap((s): Stmt[] => {
    if (s.kind === "loop" || s.kind === "if") return [{ ...s, body: withoutFolds(s.body) }];
    if (s.kind !== "fold") return [s];
    const set = (accs: readonly Acc[], values: readonly Expr[]): Stmt[] => accs.map((acc, i) => ({ kind: "set", acc, value: values[i]! }));
    return [...set(s.left, s.now), ...set(s.right, s.values), ...set(s.accs, s.joined)];
  });
/** Accumulators as variables; complex ones take two. */
export class Accumulators {
  readonly #accs: (readonly Acc[])[];
  constructor(
    readonly k: KernelContext,
    readonly dtypes: readonly DType[],
  ) {
    this.#accs = dtypes.map((d) => (isComplex(d) ? [k.b.newAcc(realPart(d)), k.b.newAcc(realPart(d))] : [k.b.newAcc(d)]));
  }
  first(i = 0): Acc {
    return this.#accs[i]![0]!;
  }
  get all(): readonly Acc[] {
    return this.#accs.flat();
  }
  at(depth: number, vars: readonly LoopVar[]): Scalar[] {
    const ids = vars.map((v) => v.id);
    return this.#accs.map((a) =>
      a.length === 2 ? [this.k.b.acc(a[0]!, depth, ids), this.k.b.acc(a[1]!, depth, ids)] : this.k.b.acc(a[0]!, depth, ids),
    );
  }
  set(values: readonly Scalar[]): Stmt[] {
    return this.#accs.flatMap((a, i): Stmt[] => {
      const v = values[i]!;
      return isPair(v)
        ? [
            { kind: "set", acc: a[0]!, value: v[0] },
            { kind: "set", acc: a[1]!, value: v[1] },
          ]
        : [{ kind: "set", acc: a[0]!, value: v }];
    });
  }
  /** Assigns values that may read the old ones: all are computed before any is written. */
  update(values: readonly Scalar[], depth: number, vars: readonly LoopVar[]): Stmt[] {
    if (this.#accs.length === 1 && this.#accs[0]!.length === 1) return this.set(values);
    const ids = vars.map((v) => v.id),
      all = flat(values),
      temps = all.map((v) => this.k.b.newAcc(v.dtype));
    const staged = all.map((value, i): Stmt => ({ kind: "set", acc: temps[i]!, value })),
      read = temps.map((t) => this.k.b.acc(t, depth, ids));
    let at = 0;
    return [...staged, ...this.set(values.map((v): Scalar => (isPair(v) ? [read[at++]!, read[at++]!] : read[at++]!)))];
  }
}
