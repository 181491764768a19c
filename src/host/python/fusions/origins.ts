// Which instruction of the program before fusion each kernel and node of the optimized program is. XLA keeps no lineage: fusions and what is left alone have
// kept their names, what is inside a fusion was copied under another one and is found among its members, and what was wrapped later by what it computes of what.
import type { NodeId } from "../../../engine/report/types.ts";
import type { FusionLog } from "../../../xla/fusionLog.ts";
import type { HloInstruction } from "../../../xla/hlo.ts";
import { showShape } from "../../../xla/shape.ts";
import type { HloGraph, HloKernel } from "../hloLevel.ts";

const kindOf = (n: HloInstruction): string => `${n.op} ${showShape(n.shape)}`;
const placeOf = (n: HloInstruction): string => `${n.opName} ${n.places[0]?.file}:${n.places[0]?.line}:${n.places[0]?.column}`;

export class Origins {
  /** The instruction whose value a kernel gives. */
  readonly roots = new Map<HloKernel, string>();
  readonly nodes = new Map<NodeId, string>();
  /** How many kernels compute an instruction. */
  readonly copies = new Map<string, number>();
  readonly #kernelOf = new Map<NodeId, HloKernel>();

  constructor(
    readonly graph: HloGraph,
    readonly log: FusionLog,
  ) {
    for (const k of graph.kernels) for (const id of k.nodes) this.#kernelOf.set(id, k);
    const inFusions = new Set([...log.fusions.values()].flatMap((f) => [...f.members]));
    const left = new Map<string, HloInstruction[]>();
    for (const n of log.instructions.values()) if (!inFusions.has(n.name)) left.set(kindOf(n), [...(left.get(kindOf(n)) ?? []), n]);
    for (const k of graph.kernels) {
      const fusion = log.fusions.get(k.instruction.name);
      if (fusion) {
        this.roots.set(k, fusion.root);
        this.#members(k, fusion.members);
      } else if (log.instructions.has(k.instruction.name)) this.#alone(k, k.instruction.name);
      else {
        const found = this.#wrapped(k, left.get(kindOf(k.body?.root ?? k.instruction)) ?? []);
        if (found) this.#alone(k, found.name);
      }
    }
    for (const k of graph.kernels)
      for (const name of new Set(k.nodes.flatMap((id) => this.nodes.get(id) ?? []))) this.copies.set(name, (this.copies.get(name) ?? 0) + 1);
  }
  kernelOf(id: NodeId): HloKernel | undefined {
    return this.#kernelOf.get(id);
  }
  #alone(k: HloKernel, name: string): void {
    this.roots.set(k, name);
    if (k.nodes.length === 1) this.nodes.set(k.nodes[0]!, name);
  }
  /** An instruction that became a fusion of one: by what it is, then by what it reads and where it stands. */
  #wrapped(k: HloKernel, candidates: HloInstruction[]): HloInstruction | undefined {
    const node = k.body?.root ?? k.instruction;
    const reads = new Set(k.nodes.flatMap((id) => this.graph.nodes.get(id)?.node.inputs ?? []).map((id) => this.nameOf(id)));
    const score = (n: HloInstruction): number => (n.operands.some((o) => reads.has(o)) ? 2 : 0) + (placeOf(n) === placeOf(node) ? 1 : 0);
    const [best] = candidates.map((n) => [n, score(n)] as const).sort((a, b) => b[1] - a[1]);
    if (!best) return undefined;
    candidates.splice(candidates.indexOf(best[0]), 1);
    return best[0];
  }
  /** The name before fusion of a value, as those that read it from memory know it. */
  nameOf(id: NodeId): string | undefined {
    const kernel = this.#kernelOf.get(id);
    return (kernel && this.roots.get(kernel)) ?? this.nodes.get(id) ?? id.replace(/^h:/, "");
  }
  /** The nodes of a fusion among its members: by what they are, where they stand, and what they read. */
  #members(k: HloKernel, members: ReadonlySet<string>): void {
    const candidates = [...members].flatMap((name) => this.log.instructions.get(name) ?? []);
    const taken = new Set<string>();
    const inside = new Set(k.nodes);
    for (const id of k.nodes) {
      const known = this.graph.nodes.get(id);
      if (!known) continue;
      const { instruction, node } = known;
      const reads = new Set(node.inputs.map((i) => (inside.has(i) ? this.nodes.get(i) : this.nameOf(i))));
      const score = (n: HloInstruction): number =>
        (placeOf(n) === placeOf(instruction) ? 4 : 0) + (n.operands.some((o) => reads.has(o)) ? 2 : 0) + (taken.has(n.name) ? 0 : 1);
      const [best] = candidates
        .filter((n) => kindOf(n) === kindOf(instruction))
        .map((n) => [n, score(n)] as const)
        .sort((a, b) => b[1] - a[1]);
      if (!best) continue;
      taken.add(best[0].name);
      this.nodes.set(id, best[0].name);
    }
  }
}
