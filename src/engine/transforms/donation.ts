// Calls that give arguments away (donateArgnums): a result of the same type has the memory of one, the others are freed; none can be used any more.
import { Stack } from "../core/source.ts";
import { bind } from "../core/trace.ts";
import { NDArray, type Value } from "../core/value.ts";
import type { TracedEntry } from "./jit.ts";
import { jitCall, runProgram } from "./jitPrimitive.ts";

/**
 * Runs a program outside every transformation.
 * @param first whether it was traced for this call
 * @param call the function whose caller errors should name
 */
export function runDonating(entry: TracedEntry, operands: readonly Value[], first: boolean, call: (...args: never[]) => unknown): readonly Value[] {
  const { jaxpr, donated } = entry;
  const { name } = jaxpr.jaxpr;
  const by = new Stack(call);
  if (first) warnOfUnusable(entry);
  // Operands that are no arrays are refused by who evaluates equations.
  const isReady = operands.every((v) => v instanceof NDArray);
  let outs: readonly Value[] = [];
  try {
    outs = isReady ? runProgram(jaxpr, operands, donated) : bind(jitCall, operands, { name, jaxpr, donatedInvars: donated, inline: false });
  } finally {
    // Also where the program ended by an error: it may have written over them.
    giveAway(donated, operands, outs, `donated to ${name}`, by);
  }
  return outs;
}
function giveAway(donated: readonly boolean[], operands: readonly Value[], outs: readonly Value[], how: string, by: Stack): void {
  const taken = new Set(outs.map((o) => (o instanceof NDArray ? o.storage : null)));
  operands.forEach((v, i) => {
    if (!donated[i] || !(v instanceof NDArray) || v.isDeleted) return;
    if (taken.has(v.storage)) v.handOver(how, by);
    else v.delete(how, by);
  });
}
/** As JAX, once a trace: what no result has the type of is given away for nothing. */
function warnOfUnusable({ jaxpr, donated, key, consts }: TracedEntry): void {
  const type = ({ shape, dtype }: { readonly shape: readonly number[]; readonly dtype: string }): string => `${dtype}[${shape.join()}]`;
  const open = jaxpr.outAvals.map(type);
  const unusable = jaxpr.inAvals.flatMap((aval, i) => {
    if (!donated[i]) return [];
    const at = open.indexOf(type(aval));
    if (at >= 0) open.splice(at, 1);
    return at >= 0 ? [] : [`${key.names[i - consts.length]}: ${aval}`];
  });
  if (!unusable.length) return;
  console.warn(
    `jit: Some donated buffers were not usable: ${unusable.join(", ")}. No result of ${jaxpr.jaxpr.name} has this type, so the memory is only freed after the call; leave them out of donateArgnums to keep them.`,
  );
}
