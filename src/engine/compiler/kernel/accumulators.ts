// What a reduction keeps between elements, as variables of the kernel.
import { type DType, isComplex, realPart } from "../../core/dtypes.ts";
import type { KernelContext } from "./build.ts";
import type { Acc, Stmt } from "./ir.ts";
import type { LoopVar } from "./ix.ts";
import { type Scalar, isPair } from "./scalar.ts";

/** Accumulators as variables; complex ones take two. */
export class Accumulators {
  readonly #accs: (readonly Acc[])[];
  constructor(
    readonly k: KernelContext,
    dtypes: readonly DType[],
  ) {
    this.#accs = dtypes.map((d) => (isComplex(d) ? [k.b.newAcc(realPart(d)), k.b.newAcc(realPart(d))] : [k.b.newAcc(d)]));
  }
  first(i = 0): Acc {
    return this.#accs[i]![0]!;
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
      flat = values.flatMap((v) => (isPair(v) ? [...v] : [v])),
      temps = flat.map((v) => this.k.b.newAcc(v.dtype));
    const staged = flat.map((value, i): Stmt => ({ kind: "set", acc: temps[i]!, value })),
      read = temps.map((t) => this.k.b.acc(t, depth, ids));
    let at = 0;
    return [...staged, ...this.set(values.map((v): Scalar => (isPair(v) ? [read[at++]!, read[at++]!] : read[at++]!)))];
  }
}
