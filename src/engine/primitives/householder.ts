// Orthogonal factors, and the reflections that they are made of.
import { isComplex } from "../core/dtypes.ts";
import { MissingRuleError, ShapeError } from "../core/errors.ts";
import { isZero, type Primitive, Zero } from "../core/primitive.ts";
import type { Value } from "../core/value.ts";
import { bind } from "../core/trace.ts";
import type { NoParams } from "./define.ts";
import { checkMatrix, define, lead, solveWith, strong, taus, zeros } from "./linalg.ts";
import * as m from "./matrix.ts";
import * as o from "./ops.ts";

export interface QrParams {
  readonly fullMatrices: boolean;
  readonly pivoting: boolean;
  readonly useMagma: boolean | null;
}
export const qr: Primitive<QrParams> = define<QrParams>("qr", {
  abstract: ([a], { fullMatrices, pivoting }) => {
    const { rows, columns } = checkMatrix("qr", a!),
      k = fullMatrices ? rows : Math.min(rows, columns);
    return [
      strong(a!, [...lead(a!), rows, k]),
      strong(a!, [...lead(a!), k, columns]),
      ...(pivoting ? [strong(a!, [...lead(a!), columns], "int32")] : []),
    ];
  },
  jvp: ([a], [da], p) => {
    const [rows, columns] = a!.shape.slice(-2) as [number, number],
      outs = bind(qr, [a!], p),
      [q, r, order] = outs as [Value, Value, Value | undefined];
    if (isZero(da)) return [outs, zeros(outs)];
    if (rows < columns || (p.fullMatrices && rows !== columns))
      throw new MissingRuleError(
        `qr of ${a!.aval} has no derivative${p.fullMatrices ? " with full matrices" : ""}: it is defined for matrices with at least as many rows as columns, in reduced mode`,
      );
    const d = order ? m.permuteColumns(da as Value, order) : (da as Value),
      dr = solveWith(r, d, {}),
      inner = m.matmul(m.adjoint(q), dr),
      low = m.tril(inner, -1);
    // Q ᴴdQ is skew-Hermitian: its lower triangle decides it; for complex matrices the diagonal is imaginary.
    let skew = o.sub(low, m.adjoint(low));
    if (isComplex(a!.dtype)) skew = o.add(skew, o.mul(m.eyeLike(inner.shape, inner.dtype), o.sub(inner, o.convert(o.real(inner), inner.dtype))));
    const dq = o.add(m.matmul(q, o.sub(skew, inner)), dr);
    return [outs, [dq, m.matmul(o.sub(inner, skew), r), ...(order ? [new Zero(order.aval)] : [])]];
  },
});
export const geqrf: Primitive<NoParams> = define<NoParams>("geqrf", {
  abstract: ([a]) => {
    const { rows, columns } = checkMatrix("geqrf", a!);
    return [strong(a!, a!.shape), taus(a!, Math.min(rows, columns))];
  },
});
export const geqp3: Primitive<NoParams> = define<NoParams>("geqp3", {
  abstract: ([a]) => {
    const { rows, columns } = checkMatrix("geqp3", a!);
    return [strong(a!, a!.shape), strong(a!, [...lead(a!), columns], "int32"), taus(a!, Math.min(rows, columns))];
  },
});
/** The columns of Q from packed reflectors. */
export const householderProduct: Primitive<NoParams> = define<NoParams>("householder_product", {
  single: true,
  abstract: ([a, t]) => {
    const { rows, columns } = checkMatrix("householder_product", a!);
    if (columns > rows || t!.shape.at(-1)! > columns)
      throw new ShapeError(
        `householder_product: the reflectors are ${a} and the scales ${t}; expected at least as many rows as columns, and no more scales than columns`,
      );
    return [strong(a!, a!.shape)];
  },
});
export const ormqr: Primitive<{ readonly left: boolean; readonly transpose: boolean }> = define<{
  readonly left: boolean;
  readonly transpose: boolean;
}>("ormqr", { single: true, abstract: ([, , c]) => [strong(c!, c!.shape)] });
