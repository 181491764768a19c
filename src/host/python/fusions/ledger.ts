// The ledger of XLA's fusions: every edge between two operations that compute, in one kernel or in two. What became of it is read from the optimized program;
// why, from what XLA logged (../../../xla/fusionLog.ts), where that is there.
import { type Sentence, sentence } from "../../../engine/core/sentence.ts";
import { phrasesOf } from "../../../engine/report/phrases.ts";
import type { Decision, NodeId, Pass } from "../../../engine/report/types.ts";
import { type FusionLog, LIBRARY, edge } from "../../../xla/fusionLog.ts";
import type { HloComputation, HloInstruction, HloModule } from "../../../xla/hlo.ts";
import { kindOf as operationKind, programsOf } from "../../../xla/ops.ts";
import { elements } from "../../../xla/shape.ts";
import type { HloGraph, HloKernel } from "../hloLevel.ts";
import { kindOf } from "../kernels.ts";
import { Origins } from "./origins.ts";
import { OF_LIBRARY, TO_LIBRARY, type Verdict, refusal } from "./refusals.ts";

const MOST = 50_000;
const PASS = "fusion";
/** @param log null where XLA was not asked, or did not say */
export function decisions(g: HloGraph, log: FusionLog | null): Decision[] {
  const ledger = new Ledger(g, log && new Origins(g, log));
  const out: Decision[] = [];
  for (const [id, { node }] of g.nodes)
    for (const input of node.inputs) {
      const made = out.length < MOST ? ledger.decision(input, id) : null;
      if (made) out.push(made);
    }
  return out;
}
/** The pass itself: operations before, kernels after, and each rule that kept values apart, with how often it did. */
export function fusionPass(g: HloGraph, log: FusionLog, ledger: readonly Decision[]): Pass {
  const before = programs(log.before)
    .flatMap((c) => c.instructions)
    .filter((n) => operationKind(n) !== "input" && !/^(?:tuple|get-tuple-element|bitcast)$/.test(n.op)).length;
  const rules = new Map<string, { times: number; says: string }>();
  for (const d of ledger) if (!d.fused) rules.set(d.rule, { times: (rules.get(d.rule)?.times ?? 0) + 1, says: rules.get(d.rule)?.says ?? d.reason });
  return {
    name: PASS,
    before,
    after: g.kernels.length,
    changed: [`${log.fusions.size} fusions`],
    patterns: [...rules].map(([name, { times, says }]) => ({ name, times, code: says })),
  };
}
/** The entry, and what runs from there as a program of its own: not what a reduction or a sort computes with. */
function programs(module: HloModule): HloComputation[] {
  const found = new Set([...module.computations.values()].filter((c) => c.entry));
  for (const c of found)
    for (const n of c.instructions)
      for (const [, names] of programsOf(n))
        for (const name of names) {
          const inner = module.computations.get(name);
          if (inner) found.add(inner);
        }
  return [...found];
}
class Ledger {
  readonly #kernelOf = new Map<NodeId, HloKernel>();
  readonly #readers = new Map<NodeId, Set<HloKernel>>();
  constructor(
    readonly graph: HloGraph,
    readonly origins: Origins | null,
  ) {
    for (const k of graph.kernels) for (const id of k.nodes) this.#kernelOf.set(id, k);
    for (const [id, { node }] of graph.nodes) {
      const reader = this.#kernelOf.get(id);
      for (const input of node.inputs) {
        const readers = this.#readers.get(input) ?? new Set();
        if (reader) readers.add(reader);
        this.#readers.set(input, readers);
      }
    }
  }
  decision(input: NodeId, id: NodeId): Decision | null {
    const producer = this.#kernelOf.get(input);
    const consumer = this.#kernelOf.get(id);
    const from = this.graph.nodes.get(input);
    const to = this.graph.nodes.get(id);
    if (!producer || !consumer || !from || !to) return null;
    const fused = producer === consumer;
    const bytes = from.node.bytes ?? 0;
    const stack = from.node.stack ?? to.node.stack;
    const { rule, kept, reason, otherwise } = fused ? this.#together(producer, input) : this.#apart(producer, consumer, input, id);
    const phrases = phrasesOf({ reason, otherwise });
    const estimate = this.#estimate(input, id, fused);
    const copies = fused ? this.#copies(input) : 1;
    return {
      id: `${input}>${id}`,
      producer: input,
      consumer: id,
      fused,
      rule,
      reason: reason.text,
      ...(otherwise ? { otherwise: otherwise.text } : {}),
      ...(phrases ? { phrases } : {}),
      ...(kept && !fused ? { kept } : {}),
      cost: {
        ...(bytes ? { bytes: fused ? 2 * bytes : bytes } : {}),
        ...(copies > 1 ? { flops: (copies - 1) * (from.node.flops ?? 0), evaluations: copies * elements(from.instruction.shape) } : {}),
      },
      ...(estimate ? { ms: { fused: estimate.fused / 1e3, kept: estimate.apart / 1e3 } } : {}),
      ...(stack === undefined ? {} : { stack }),
    };
  }
  /** In how many kernels the same value is computed. */
  #copies(id: NodeId): number {
    const name = this.origins?.nodes.get(id);
    return name === undefined ? 1 : (this.origins?.copies.get(name) ?? 1);
  }
  #together(k: HloKernel, input: NodeId): Verdict {
    const copies = this.#copies(input);
    const what = FUSIONS[k.instruction.attributes.get("kind") ?? ""] ?? sentence("one kernel");
    const rule = `XLA: ${kindOf(k)}`;
    return copies > 1
      ? { rule, reason: sentence("XLA put both into {0}, {1}, and computes {2} in {3} kernels", k.instruction.name, what, this.#op(input), copies) }
      : { rule, reason: sentence("XLA put both into {0}, {1}", k.instruction.name, what) };
  }
  #apart(producer: HloKernel, consumer: HloKernel, input: NodeId, id: NodeId): Verdict {
    const said = this.origins && refused(this.origins, producer, consumer, id);
    if (said) return refusal(said, { producer: this.#op(input), consumer: this.#op(id), readers: this.#readers.get(input)?.size ?? 1 });
    const own = this.origins?.roots.get(producer);
    const estimate = own === undefined ? undefined : this.origins?.log.estimates.get(own);
    if (estimate && estimate.fused >= estimate.apart)
      return {
        rule: "XLA: its model of the device",
        kept: "cheaper",
        reason: sentence("XLA stores {0}: by its model of the device fusing it would gain nothing", this.#op(input)),
      };
    const routine = [producer, consumer].find((k) => k.body === null);
    // No pass of fusion says a word of what was given to a library before it ran.
    const library = routine ? null : isLibrary(consumer) ? TO_LIBRARY : isLibrary(producer) ? OF_LIBRARY : null;
    if (library !== null)
      return refusal(library, { producer: this.#op(input), consumer: this.#op(id), readers: this.#readers.get(input)?.size ?? 1 });
    const a = producer.instruction;
    const b = consumer.instruction;
    if (!routine) return { rule: "XLA: two kernels", reason: sentence("XLA made two kernels, {0} and {1}; why, it does not say", a.name, b.name) };
    const { name, op } = routine.instruction;
    return {
      rule: "XLA: not a fusion",
      kept: "limit",
      reason:
        operationKind(routine.instruction) === "library"
          ? sentence("XLA runs {0} ({1}) as a library routine; it is fused with nothing here", name, op)
          : sentence("XLA runs {0} ({1}) as an instruction of its own; it is fused with nothing here", name, op),
    };
  }
  #op(id: NodeId): string {
    return this.graph.nodes.get(id)?.node.op ?? id;
  }
  #estimate(input: NodeId, id: NodeId, fused: boolean): { readonly fused: number; readonly apart: number } | undefined {
    const { origins } = this;
    if (!origins) return undefined;
    const kernel = this.#kernelOf.get(input);
    const producer = fused ? origins.nodes.get(input) : kernel && origins.roots.get(kernel);
    if (producer === undefined) return undefined;
    return fused ? origins.log.estimates.get(edge(producer, origins.nodes.get(id) ?? "")) : origins.log.estimates.get(producer);
  }
}
/** XLA's words on why a kernel's value was not taken into another kernel. */
function refused(origins: Origins, producer: HloKernel, consumer: HloKernel, id: NodeId): string | undefined {
  const { log } = origins;
  const from = origins.roots.get(producer);
  if (from === undefined) return undefined;
  const readers = [consumer.instruction.name, origins.roots.get(consumer), origins.nodes.get(id), isLibrary(consumer) ? LIBRARY : undefined].filter(
    (n) => n !== undefined,
  );
  const said = refusedBy(log, from, readers);
  return said !== undefined && isLibrary(producer) && /loop-fusible/.test(said) ? OF_LIBRARY : said;
}
const isLibrary = (k: HloKernel): boolean => k.instruction.attributes.get("kind") === "kCustom";
function refusedBy(log: FusionLog, from: string, readers: readonly string[]): string | undefined {
  for (const reader of readers) {
    const said = log.refused.get(edge(from, reader));
    if (said !== undefined) return said;
  }
  const said = log.kept.get(from);
  // Nothing could have taken it in: that it would not be duplicated follows from this alone.
  if (said !== undefined && /duplicated/.test(said) && !isLoop(log.instructions.get(from))) return "Producer is not loop-fusible.";
  return said ?? onTheWay(log, from, readers, 0);
}
/** What the pass on CPUs has a loop over elements for, beside what is elementwise (`CanBeLoopFused` in xla/service/cpu/cpu_instruction_fusion.cc). */
const LOOPS = /^(?:bitcast|broadcast|concatenate|dynamic-slice|dynamic-update-slice|gather|iota|pad|reduce|reshape|reverse|slice|transpose|copy)$/;
const isLoop = (n: HloInstruction | undefined): boolean => !n || operationKind(n) === "elementwise" || LOOPS.test(n.op);
/** What only renames or orders a value may have stood between the two, and be gone now: the refusal nearest the value counts. */
const PASSING = /^(?:bitcast|tuple|get-tuple-element|copy|transpose|reshape|broadcast|convert)$/;
const FARTHEST = 6;
function onTheWay(log: FusionLog, from: string, readers: readonly string[], depth: number): string | undefined {
  if (depth >= FARTHEST) return undefined;
  for (const reader of readers)
    for (const member of log.fusions.get(reader)?.members ?? [reader])
      for (const operand of log.instructions.get(member)?.operands ?? []) {
        const between = log.instructions.get(operand);
        if (!between || operand === from || !PASSING.test(between.op)) continue;
        const said = between.operands.includes(from) ? (log.refused.get(edge(from, operand)) ?? log.refused.get(edge(operand, reader))) : undefined;
        const found = said ?? onTheWay(log, from, [operand], depth + 1);
        if (found !== undefined) return found;
      }
  return undefined;
}
const FUSIONS: Readonly<Record<string, Sentence>> = {
  kLoop: sentence("one loop over the elements of the output"),
  kInput: sentence("a reduction together with what it reads"),
  kOutput: sentence("a product together with what follows it"),
  kCustom: sentence("a kernel that a library builds for it"),
};
