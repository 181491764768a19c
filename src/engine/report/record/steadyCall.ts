// A steady call of the function, as the person makes it: what is measured as the call's wall time.
import { flatten } from "../../core/pytree.ts";
import { NDArray } from "../../core/value.ts";
import type { SteadyCall } from "./measure.ts";
import type { Operands } from "./operands.ts";
import type { RecordOptions } from "./record.ts";

/** Whether an argument's leaf is one that a call runs on as it is: an array, or a number that each call makes an array of. */
const isOwn = (leaf: unknown): boolean =>
  leaf instanceof NDArray
    ? !leaf.isDeleted
    : typeof leaf === "number" || typeof leaf === "boolean" || typeof leaf === "bigint" || ArrayBuffer.isView(leaf);
/** The call as the person makes it: on their own arguments, or on copies where it takes the arguments' memory or they are none that it can run on. */
export function steadyCall(
  o: Pick<RecordOptions, "traced" | "jitted" | "self" | "args" | "pins">,
  values: readonly NDArray[],
  operands: Pick<Operands, "copy" | "most">,
): SteadyCall | null {
  // Constants of an outer transformation are traced anew with it: there is no steady call.
  if (o.traced.consts.some((v) => !(v instanceof NDArray))) return null;
  // The person's call runs the program without the pins.
  if (o.pins?.length) return null;
  const statics = o.jitted.jit.statics;
  const prepare = (): unknown[] => {
    const own = o.traced.inTree.unflatten(values.map((v) => operands.copy(v))) as unknown[];
    let next = 0;
    return Array.from({ length: own.length + statics.size }, (_v, i) => (statics.has(i) ? o.args[i] : own[next++]));
  };
  const call = o.jitted as (this: unknown, ...args: unknown[]) => unknown;
  const dynamic = o.args.filter((_a, i) => !statics.has(i));
  const kept = o.traced.donated.some(Boolean) ? null : flatten(dynamic)[0].every(isOwn) ? [...o.args] : prepare();
  return {
    prepare: () => kept ?? prepare(),
    most: operands.most,
    call: (args) => call.apply(o.self, args),
    release(result) {
      for (const leaf of flatten(result)[0]) if (leaf instanceof NDArray && !leaf.isDeleted) leaf.delete();
    },
  };
}
