// The ledger of XLA's fusions, read from what it made: every edge between two operations that compute, in one kernel or in two. XLA's CPU compiler keeps no log
// of its reasons; what is said here is what its result shows.
import type { Decision, NodeId } from "../../engine/report/types.ts";
import { kindOf as operationKind } from "../../xla/ops.ts";
import type { HloGraph, HloKernel } from "./hloLevel.ts";
import { kindOf } from "./kernels.ts";

const MOST = 50_000;
export function decisions(g: HloGraph): Decision[] {
  const kernelOf = new Map<NodeId, HloKernel>();
  for (const k of g.kernels) for (const id of k.nodes) kernelOf.set(id, k);
  const out: Decision[] = [];
  for (const [id, { node }] of g.nodes) {
    const consumer = kernelOf.get(id);
    if (!consumer) continue;
    for (const input of node.inputs) {
      const producer = kernelOf.get(input);
      if (!producer || out.length >= MOST) continue;
      const bytes = g.nodes.get(input)?.node.bytes ?? 0;
      const stack = g.nodes.get(input)?.node.stack ?? node.stack;
      out.push({
        id: `${input}>${id}`,
        producer: input,
        consumer: id,
        fused: producer === consumer,
        ...verdict(producer, consumer),
        cost: bytes ? { bytes: producer === consumer ? 2 * bytes : bytes } : {},
        ...(stack === undefined ? {} : { stack }),
      });
    }
  }
  return out;
}
function verdict(producer: HloKernel, consumer: HloKernel): { rule: string; reason: string } {
  const a = producer.instruction;
  const b = consumer.instruction;
  if (producer === consumer)
    return { rule: `XLA: ${kindOf(producer)}`, reason: `XLA put both into ${a.name}, ${FUSIONS[a.attributes.get("kind") ?? ""] ?? "one kernel"}.` };
  const routine = [producer, consumer].find((k) => k.body === null);
  if (routine) {
    const what = operationKind(routine.instruction) === "library" ? "a library routine" : "an instruction of its own";
    return {
      rule: "XLA: not a fusion",
      reason: `XLA runs ${routine.instruction.name} (${routine.instruction.op}) as ${what}; it is fused with nothing here.`,
    };
  }
  return { rule: "XLA: two kernels", reason: `XLA made two kernels, ${a.name} and ${b.name}; its compiler for this device does not record why.` };
}
const FUSIONS: Readonly<Record<string, string>> = {
  kLoop: "one loop over the elements of the output",
  kInput: "a reduction together with what it reads",
  kOutput: "a product together with what follows it",
  kCustom: "a kernel that a library builds for it",
};
