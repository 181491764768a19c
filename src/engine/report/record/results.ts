// What the measured call gave, in short: enough to hold the results of another run to it.
import type { Compiled } from "../../backends/programs.ts";
import type { NDArray } from "../../core/value.ts";
import { fromBytes } from "../../graph/evaluate/tensor.ts";
import type { ResultDigest } from "../types.ts";
import { largestSize, readStorage } from "./trial.ts";

const SAMPLED = 64;
/** Bytes of results that are looked at whole; of longer ones the sample alone. */
const MOST_BYTES = 2 ** 26;

export function digestsOf({ compilation, device, loaded }: Compiled, args: readonly NDArray[]): ResultDigest[] {
  const outs = loaded.run(args);
  try {
    return compilation.plan.outs.map((t, i) => {
      const bytes = readStorage(device, outs[i]!);
      const { data } = fromBytes(t, bytes);
      const count = Math.min(SAMPLED, data.length);
      const sample = Array.from({ length: count }, (_v, k) => Number(data[Math.floor((k * data.length) / count)]));
      const whole = bytes.length <= MOST_BYTES;
      return {
        type: `${t.dtype}[${t.shape.join(",")}]`,
        ...(whole ? { hash: hashOf(bytes) } : {}),
        largest: largestSize(whole ? data : sample),
        sample: sample.map((x) => (Number.isFinite(x) ? x : null)),
      };
    });
  } finally {
    for (const o of outs) o.release();
  }
}
/** The largest finite number among all elements of the results. */
export function largestResultOf({ compilation, device, loaded }: Compiled, args: readonly NDArray[]): number {
  const outs = loaded.run(args);
  try {
    return Math.max(0, ...compilation.plan.outs.map((t, i) => largestSize(fromBytes(t, readStorage(device, outs[i]!)).data)));
  } finally {
    for (const o of outs) o.release();
  }
}
/** Of all bits: no defence against anybody, only the answer whether they are the same. */
function hashOf(bytes: Uint8Array): string {
  let a = 0x811c9dc5;
  let b = 0x9e3779b9;
  for (let i = 0; i < bytes.length; i++) {
    a = Math.imul(a ^ bytes[i]!, 0x01000193);
    b = Math.imul(b + bytes[i]!, 0x85ebca6b) ^ (b >>> 13);
  }
  return `${(a >>> 0).toString(16).padStart(8, "0")}${(b >>> 0).toString(16).padStart(8, "0")}`;
}
