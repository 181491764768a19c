// Fusion: which nodes are computed together in one kernel. First each value is placed, consumers before producers: computed where it is needed,
// or stored. Then kernels are joined. The rules (rules/) decide; here is the order in which they are asked.
import { sentence } from "../../core/sentence.ts";
import { sizeOf } from "../../core/aval.ts";
import type { Graph, Node } from "../../graph/graph.ts";
import { type Target, WASM } from "../target.ts";
import { Facts, isFree, isGiven, isStandalone } from "./facts.ts";
import { fitConsumer, fitSiblings } from "./fit.ts";
import { Candidate, type Group, Grouping, siblingKey } from "./groups.ts";
import { type Decision, Verdicts, writeLedger } from "./ledger.ts";
import { finished } from "./order.ts";
import { type Pin, type Pins, edgeKey } from "./pins.ts";
import { JOIN, PLACEMENT } from "./rules/index.ts";
import type { Fit, Join, Placement, Reader } from "./rules/rule.ts";
import { standaloneWords } from "./rules/standalone.ts";
import type { Visit } from "./signature.ts";

export interface Fusion {
  /** Producers before consumers. */
  readonly groups: readonly Group[];
  readonly ledger: readonly Decision[];
  /** Steps that the decisions took: a test bounds them by the size of the graph. */
  readonly work: number;
}
/** A sibling is tried on so many kernels over the same elements, not on all. */
const MAX_SIBLINGS = 8;

class Fuser {
  readonly facts: Facts;
  readonly groups: Grouping;
  readonly verdicts = new Verdicts();
  #work = 0;
  constructor(
    readonly graph: Graph,
    readonly pins: Pins,
    target: Target,
  ) {
    this.facts = new Facts(graph, target);
    this.groups = new Grouping(this.facts);
  }
  run(): Fusion {
    for (let i = this.graph.nodes.length - 1; i >= 0; i--) this.#place(this.graph.nodes[i]!);
    this.groups.seal();
    this.#joinConsumers();
    this.#joinSiblings();
    return {
      groups: finished(this.groups, this.facts),
      ledger: writeLedger(this.facts, this.groups, this.verdicts),
      work: this.#work + this.groups.work,
    };
  }

  // ---- placing
  #place(n: Node): void {
    this.#work++;
    if (isGiven(n)) return;
    if (n.is("get")) this.groups.addResult(n, n.inputs[0]!);
    else if (!isFree(n)) {
      if (this.groups.homes(n).size === 0) this.groups.found(n);
    } else this.#placeFree(n);
  }
  #placeFree(n: Node): void {
    const needs = this.groups.needs(n);
    const users = this.facts.users(n);
    const pins = this.pins.size > 0 ? users.map((u) => this.pins.get(edgeKey(n, u))) : [];
    const split = pins.includes("split");
    // Kernels of the edges that a person pinned together compute it, whatever the others do.
    const pinned = new Set(split ? [] : users.filter((_u, i) => pins[i] === "fuse").flatMap((u) => [...this.groups.homes(u)]));
    const generated: Reader[] = [];
    for (const [kernel, visits] of needs)
      if (!(kernel.hero && isStandalone(kernel.hero))) generated.push({ kernel, evaluations: visits.reduce((s, v) => s + v.count, 0) });
    const together = generated.filter((r) => pinned.has(r.kernel));
    const others = generated.filter((r) => !pinned.has(r.kernel));
    this.#work += users.length + needs.size;
    if (together.length > 0) this.#decidePlacement(n, together, null, "fuse", needs);
    const stored = this.#storedFor(n, users);
    if (together.length === 0 || others.length > 0 || stored) this.#decidePlacement(n, others, stored, split ? "split" : null, needs);
  }
  #decidePlacement(
    producer: Node,
    readers: readonly Reader[],
    stored: Placement["stored"],
    pin: Pin | null,
    needs: ReadonlyMap<Candidate, readonly Visit[]>,
  ): void {
    const question: Placement = { producer, readers, stored, pin };
    for (const rule of PLACEMENT) {
      const v = rule.decide(question, this.facts);
      if (!v) continue;
      if (v.fuse) for (const { kernel } of readers) this.groups.inline(producer, kernel, needs.get(kernel)!);
      else this.groups.found(producer);
      const kernels = new Set(readers.map((r) => r.kernel));
      const inKernels = this.facts.users(producer).filter((u) => stored || [...this.groups.homes(u)].some((h) => kernels.has(h)));
      this.verdicts.say(producer, inKernels, rule, v);
      return;
    }
  }
  /** Whom a value has to lie in memory for. */
  #storedFor(n: Node, users: readonly Node[]): Placement["stored"] {
    if (this.facts.isResult(n))
      return {
        reason: sentence("it is a result of the program, so it is written to memory anyway"),
        otherwise: sentence("leave it out of what the function returns"),
      };
    const reader = users.find(isStandalone);
    if (!reader) return null;
    const { what, otherwise } = standaloneWords(reader);
    return { reason: sentence("{0} reads it from memory", what), otherwise };
  }

  // ---- joining
  /** Kernels take in what reads them, in the program's order, until none can take in another. */
  #joinConsumers(): void {
    // A pair to be asked about, or a kernel whose sources are.
    const open: (readonly [Candidate, Candidate] | Candidate)[] = [];
    // What was refused is asked again when one of the two has changed, not each time that another pair leads to it.
    const asked = new Set<string>();
    const isNew = (key: string): boolean => asked.size < asked.add(key).size;
    const ask = (a: Candidate): void => {
      const consumers = this.groups.consumers(a);
      for (let i = consumers.length - 1; i >= 0; i--) open.push([a, consumers[i]!]);
    };
    // The list is worked off from its end: the program's first kernels stand there.
    for (const c of [...this.groups.all].sort((a, b) => b.last - a.last)) ask(c);
    for (let next = open.pop(); next; next = open.pop()) {
      this.#work++;
      if (next instanceof Candidate) {
        const joined = this.groups.current(next);
        if (isNew(`${joined.state}`)) for (const s of new Set(this.groups.sources(joined))) open.push([s, joined]);
        continue;
      }
      const a = this.groups.current(next[0]);
      const b = this.groups.current(next[1]);
      if (a === b || !isNew(`${a.state}>${b.state}`)) continue;
      const passed = this.groups.passed(a, b);
      if (passed.length === 0) continue;
      const joined = this.#decideJoin(a, b, passed, "consumer");
      if (!joined) continue;
      // What was refused for one of the two is asked again about both, after what reads them: it may still take that in.
      open.push(joined);
      ask(joined);
    }
  }
  /** Kernels over the same elements that read the same operand become one with several results. */
  #joinSiblings(): void {
    for (const operand of this.graph.nodes) {
      if (sizeOf(operand.shape) <= 1) continue;
      const over = new Map<string, Candidate[]>();
      for (const c of [...this.groups.readers(operand)].sort((a, b) => a.last - b.last)) {
        const key = siblingKey(c);
        if (key === null) continue;
        const alike = over.get(key) ?? [];
        const sibling = alike.slice(-MAX_SIBLINGS).findLast((other) => this.#decideJoin(other, c, [], "siblings"));
        if (sibling) alike[alike.indexOf(sibling)] = this.groups.current(sibling);
        else alike.push(c);
        over.set(key, alike);
      }
    }
  }
  #decideJoin(a: Candidate, b: Candidate, passed: readonly Node[], how: Join["how"]): Candidate | null {
    const { groups } = this;
    this.#work += 1 + passed.length;
    let fit: Fit | null = null;
    const question: Join = {
      producer: a,
      consumer: b,
      how,
      passed,
      pin: this.#pinOf(passed, b),
      groups,
      get loops() {
        return (fit ??= how === "siblings" ? fitSiblings(a.signature, b.signature) : fitConsumer(a, b, passed, groups.loops));
      },
    };
    for (const rule of JOIN) {
      const v = rule.decide(question, this.facts);
      if (!v) continue;
      for (const p of passed) this.verdicts.say(p, this.#usersIn(p, b), rule, v);
      const { loops } = question;
      return v.fuse && loops.signature ? groups.join(a, b, loops.signature, loops.again) : null;
    }
    return null;
  }
  /** Looks through whichever is shorter: a value may have very many readers. */
  #usersIn(p: Node, c: Candidate): Node[] {
    const users = this.facts.users(p);
    this.#work += Math.min(users.length, c.nodes.size);
    if (users.length <= c.nodes.size) return users.filter((u) => c.nodes.has(u));
    return [...c.nodes].filter((n) => n.inputs.includes(p));
  }
  #pinOf(passed: readonly Node[], b: Candidate): Pin | null {
    if (this.pins.size === 0) return null;
    const pins = passed.flatMap((p) => this.#usersIn(p, b).map((u) => this.pins.get(edgeKey(p, u))));
    return pins.includes("split") ? "split" : pins.includes("fuse") ? "fuse" : null;
  }
}
/** Fuses a graph. `pins` force single edges apart or together. */
export const fuse = (graph: Graph, pins: Pins = new Map(), target: Target = WASM): Fusion => new Fuser(graph, pins, target).run();
