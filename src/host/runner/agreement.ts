// Two compilers' results of one program: how far they are apart. Sums in another order differ by rounding, so the largest difference is held to the
// largest element.
import type { Agreement, ResultAgreement } from "../../engine/report/types.ts";

type Numbers = ArrayLike<number | bigint>;
export interface OwnResult {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Numbers;
}
/** What rounding may make of a program's results, as a part of the largest element; types that are not here are exact. */
const ROUNDING: Readonly<Record<string, number>> = {
  float64: 1e-9,
  complex128: 1e-9,
  float32: 1e-4,
  complex64: 1e-4,
  float16: 1e-2,
  bfloat16: 5e-2,
};
export function agreementOf(from: string, own: readonly OwnResult[], others: readonly Numbers[]): Agreement {
  return {
    with: from,
    results: own.map((r, i) => ({
      name: own.length > 1 ? `result[${i}]` : "result",
      type: `${r.dtype}[${r.shape.join()}]`,
      ...distance(r, others[i] ?? []),
    })),
  };
}
function distance({ dtype, data }: OwnResult, other: Numbers): Pick<ResultAgreement, "error" | "relative" | "close"> {
  if (data.length !== other.length) return { error: null, relative: null, close: false };
  let error = 0;
  let largest = 0;
  for (let i = 0; i < data.length; i++) {
    const [a, b] = [Number(data[i]), Number(other[i])];
    if (Object.is(a, b) || a === b) {
      if (Number.isFinite(b)) largest = Math.max(largest, Math.abs(b));
      continue;
    }
    if (!Number.isFinite(a) || !Number.isFinite(b)) return { error: null, relative: null, close: false };
    error = Math.max(error, Math.abs(a - b));
    largest = Math.max(largest, Math.abs(b));
  }
  const relative = error === 0 ? 0 : error / Math.max(largest, Number.MIN_VALUE);
  return { error, relative: Number.isFinite(relative) ? relative : null, close: relative <= (ROUNDING[dtype] ?? 0) };
}
