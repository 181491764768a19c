// Fusion: which nodes are computed together in one kernel. Decided here and nowhere else; every decision is an entry of the ledger.
import { sizeOf } from "../../core/aval.ts";
import { type Graph, type Node, isElementwise, isMovement } from "../../graph/graph.ts";
import { Unfusable } from "../kernel/build.ts";
import { isReduction } from "../kernel/heroes.ts";
import { isTiled } from "../kernel/matmul.ts";
import { isRegion } from "../kernel/region.ts";
import { buildGroup } from "../kernel/buildGroup.ts";
import { FLOPS_PER_BYTE, evaluations, flopsPerElement, nodeBytes, showBytes } from "./cost.ts";
import { type Pins, edgeKey } from "./pins.ts";
import { type Group, type GroupKind, reachable, topological } from "./groups.ts";

export interface Cost {
  readonly bytesSaved: number;
  readonly flopsRecomputed: number;
  readonly launchesSaved: number;
}
/** One producer → consumer edge and what was decided about it. */
export interface Decision {
  readonly producer: Node;
  readonly consumer: Node;
  readonly fused: boolean;
  readonly rule: string;
  readonly reason: string;
  readonly cost: Cost;
  /** What would have to change for the other verdict. */
  readonly otherwise: string;
}
export interface Fusion {
  readonly groups: readonly Group[];
  readonly ledger: readonly Decision[];
}
interface Verdict {
  readonly rule: string;
  readonly reason: string;
  readonly otherwise: string;
  readonly flopsRecomputed: number;
}

const STANDALONE: ReadonlySet<string> = new Set(["library", "while", "case", "callback"]);
const kindOf = (n: Node): GroupKind =>
  STANDALONE.has(n.op)
    ? (n.op as GroupKind)
    : isTiled(n)
      ? "matmul"
      : isReduction(n)
        ? "reduce"
        : n.op === "cumulative"
          ? "cumulative"
          : isRegion(n)
            ? "region"
            : "loop";
const isFree = (n: Node): boolean => isElementwise(n) || (isMovement(n) && !isRegion(n)) || n.is("iota", "barrier");
/** Always at hand: read from memory (or written into the code) wherever it is needed. */
const isGiven = (n: Node): boolean => n.is("parameter", "constant");
/** Above this much arithmetic per element, an element is not computed more than twice. */
const CHEAP_FLOPS = 6;
const SMALL = 64;

class Fuser {
  readonly groups = new Set<Group>();
  readonly users = new Map<Node, Node[]>();
  /** The groups that compute a node. */
  readonly home = new Map<Node, Set<Group>>();
  readonly verdicts = new Map<string, Verdict>();
  #next = 0;
  constructor(
    readonly graph: Graph,
    readonly pins: Pins,
  ) {
    for (const n of graph.nodes)
      for (const i of n.inputs) {
        const list = this.users.get(i);
        if (list) list.push(n);
        else this.users.set(i, [n]);
      }
  }
  run(): Fusion {
    for (const n of [...this.graph.nodes].reverse()) this.#place(n);
    this.#merge();
    const order = topological(this.groups);
    order.forEach((g) => this.#finish(g));
    return { groups: order, ledger: this.#ledger() };
  }
  #newGroup(n: Node): Group {
    const g: Group = { id: this.#next++, kind: kindOf(n), hero: isFree(n) ? null : n, nodes: new Set([n]), outputs: [n] };
    this.groups.add(g);
    this.home.set(n, new Set([g]));
    return g;
  }
  /** Node by node, consumers first: a group of its own, or computed inside the groups that need it. */
  #place(n: Node): void {
    if (isGiven(n)) return;
    if (n.is("get")) {
      // belongs to the node whose result it is
      const base = n.inputs[0]!,
        g = [...(this.home.get(base) ?? [this.#newGroup(base)])][0]!;
      g.nodes.add(n);
      g.outputs = [...g.outputs.filter((o) => o !== base), n];
      this.home.set(n, new Set([g]));
      return;
    }
    if (!isFree(n)) {
      if (!this.home.has(n)) this.#newGroup(n);
      return;
    }
    const users = this.users.get(n) ?? [],
      consumers = new Set<Group>();
    let mustStore = this.graph.outs.includes(n) ? "it is a result of the program" : "";
    for (const u of users) {
      const homes = this.home.get(u)!;
      if (STANDALONE.has(u.op)) mustStore ||= `${u.op === "library" ? "a library routine" : u.op} reads it from memory`;
      else for (const h of homes) consumers.add(h);
    }
    if (users.some((u) => this.pins.get(edgeKey(n, u)) === "split")) mustStore ||= "a person pinned it apart";
    if (mustStore) {
      this.#newGroup(n);
      this.#say(n, users, {
        rule: "must be stored",
        reason: mustStore,
        otherwise: "every consumer would have to be a generated kernel, and the value no result",
        flopsRecomputed: 0,
      });
      return;
    }
    const v = this.#recompute(n, [...consumers]);
    if (v.store && !users.some((u) => this.pins.get(edgeKey(n, u)) === "fuse")) {
      this.#newGroup(n);
      this.#say(n, users, v);
      return;
    }
    for (const g of consumers) g.nodes.add(n);
    this.home.set(n, consumers);
    this.#say(n, users, v);
  }
  /** Whether a value is stored once or computed in each kernel (and as often as each kernel reads it). */
  #recompute(n: Node, consumers: readonly Group[]): Verdict & { readonly store: boolean } {
    const flops = this.#inlineFlops(n),
      size = sizeOf(n.shape),
      evals = consumers.map((g) => this.#evaluations(n, g)),
      most = Math.max(...evals);
    if (isMovement(n) && flops === 0)
      return {
        store: false,
        rule: "movement is an index map",
        reason: `${n.op} only changes where elements are read`,
        otherwise: "it is never worth storing",
        flopsRecomputed: 0,
      };
    const again = evals.reduce((a, b) => a + b, 0) - size;
    if (most > 2 * size && flops > CHEAP_FLOPS)
      return {
        store: true,
        rule: "computed once, read often",
        reason: `the consumer reads each element ${Math.round(most / size)} times and one costs ${flops} operations`,
        otherwise: `up to ${CHEAP_FLOPS} operations per element, or at most 2 reads of each`,
        flopsRecomputed: again * flops,
      };
    if (consumers.length <= 1)
      return {
        store: false,
        rule: "single consumer",
        reason: `its one consumer kernel computes it where it needs it; ${showBytes(2 * nodeBytes(n))} less are moved`,
        otherwise: "a second consumer kernel for which recomputing costs more than storing",
        flopsRecomputed: Math.max(0, again) * flops,
      };
    const inputs = this.#leafBytes(n),
      store = inputs + nodeBytes(n) * (1 + consumers.length),
      recompute = inputs * consumers.length + (again * flops) / FLOPS_PER_BYTE;
    if (size <= SMALL && flops <= CHEAP_FLOPS * 4)
      return {
        store: false,
        rule: "recompute-vs-store",
        reason: `it has ${size} elements: computing it ${consumers.length} times is cheaper than another kernel`,
        otherwise: `more than ${SMALL} elements`,
        flopsRecomputed: again * flops,
      };
    return recompute <= store
      ? {
          store: false,
          rule: "recompute-vs-store",
          reason: `computing it in ${consumers.length} kernels costs as much as moving ${showBytes(recompute)}, storing it once moves ${showBytes(store)}`,
          otherwise: `more than ${showBytes(store)} for recomputing`,
          flopsRecomputed: again * flops,
        }
      : {
          store: true,
          rule: "recompute-vs-store",
          reason: `storing it once moves ${showBytes(store)}, computing it in ${consumers.length} kernels costs as much as moving ${showBytes(recompute)}`,
          otherwise: `fewer consumers, or less than ${showBytes(store)} for recomputing`,
          flopsRecomputed: again * flops,
        };
  }
  /** Arithmetic of one element with everything that would be computed along. Producers are placed later, so all free ones count. */
  #inlineFlops(n: Node, depth = 0): number {
    if (depth > 12) return 0;
    return (
      flopsPerElement(n) +
      n.inputs.reduce((s, i) => s + (isFree(i) && (this.users.get(i)?.length ?? 0) <= 1 ? this.#inlineFlops(i, depth + 1) : 0), 0)
    );
  }
  #leafBytes(n: Node): number {
    const leaves = new Set<Node>(),
      walk = (x: Node, depth: number): void => {
        for (const i of x.inputs)
          if (isFree(i) && depth < 12 && (this.users.get(i)?.length ?? 0) <= 1) walk(i, depth + 1);
          else leaves.add(i);
      };
    walk(n, 0);
    return [...leaves].reduce((s, l) => s + nodeBytes(l), 0);
  }
  /** How often a kernel evaluates a node. Consumers are placed first, so their counts are known. */
  #evaluations(n: Node, g: Group): number {
    let counts = this.#counts.get(g);
    if (!counts) this.#counts.set(g, (counts = new Map()));
    const known = counts.get(n);
    if (known !== undefined) return known;
    let most = 0;
    for (const u of this.users.get(n) ?? []) {
      if (!g.nodes.has(u)) continue;
      if (isFree(u)) most = Math.max(most, g.outputs.includes(u) ? sizeOf(u.shape) : this.#evaluations(u, g));
      else if (isTiled(u)) most = Math.max(most, sizeOf(n.shape));
      else if (u.is("dot")) most = Math.max(most, sizeOf(u.shape) * u.attrs.lhsContract.reduce((p, d) => p * u.inputs[0]!.shape[d]!, 1));
      else most = Math.max(most, evaluations(u, u.inputs.indexOf(n)));
    }
    most ||= sizeOf(n.shape);
    counts.set(n, most);
    return most;
  }
  readonly #counts = new Map<Group, Map<Node, number>>();
  #say(producer: Node, consumers: readonly Node[], v: Verdict): void {
    for (const c of consumers) this.verdicts.set(edgeKey(producer, c), v);
  }

  // ---- merging kernels
  /** Epilogues, rows and siblings: kernels are joined where the joined kernel can be built and moves fewer bytes. */
  #merge(): void {
    for (let again = true; again;) {
      again = false;
      for (const a of topological(this.groups)) {
        if (!this.groups.has(a)) continue;
        for (const b of this.#consumerGroups(a))
          if (this.#tryMerge(a, b, "epilogue")) {
            again = true;
            break;
          }
      }
    }
    for (let again = true; again;) {
      again = this.#mergeSiblings();
    }
  }
  #consumerGroups(a: Group): Group[] {
    return [...this.groups].filter(
      (b) => b !== a && [...b.nodes].some((n) => n.inputs.some((i) => a.outputs.includes(i) || (i.is("get") && a.nodes.has(i)))),
    );
  }
  #tryMerge(a: Group, b: Group, how: "epilogue" | "siblings"): boolean {
    const refuse = (rule: string, reason: string, otherwise: string): false => {
      for (const p of a.outputs)
        for (const c of this.users.get(p) ?? []) if (b.nodes.has(c)) this.#say(p, [c], { rule, reason, otherwise, flopsRecomputed: 0 });
      return false;
    };
    if (STANDALONE.has(a.kind) || STANDALONE.has(b.kind))
      return refuse("not a generated kernel", `${STANDALONE.has(a.kind) ? a.hero!.op : b.hero!.op} runs on its own`, "a generated kernel for it");
    if (a.kind === "region" || b.kind === "region")
      return refuse(
        "writes regions",
        `${(a.kind === "region" ? a : b).hero!.op} writes parts of an array, so elements are not computed one by one`,
        "an operation that computes every element of its result",
      );
    if (how === "epilogue" && b.kind !== "loop" && !(a.kind === "reduce" && b.kind === "reduce") && !(a.kind === "loop" && b.kind === "reduce"))
      return refuse("one hero per kernel", `the consumer kernel has a hero of its own (${b.hero?.op ?? "none"})`, "a consumer that is elementwise");
    for (const p of a.outputs)
      for (const c of this.users.get(p) ?? [])
        if (b.nodes.has(c) && this.pins.get(edgeKey(p, c)) === "split") return refuse("pinned", "a person pinned it apart", "removing the pin");
    if (a.kind === "loop" && b.kind === "reduce") {
      const heavy = a.outputs.find((o) => this.#inlineFlops(o) > CHEAP_FLOPS);
      if (heavy)
        return refuse(
          "computed twice",
          `${heavy.op} is stored and reduced: in one kernel each element (${this.#inlineFlops(heavy)} operations) would be computed twice`,
          `at most ${CHEAP_FLOPS} operations per element`,
        );
    }
    if (reachable(a, b, this.groups) || (how === "siblings" && (reachable(b, a, this.groups) || this.#directly(a, b) || this.#directly(b, a))))
      return refuse("would make a cycle", "another kernel needs the one and is needed by the other", "removing that dependency");
    const merged: Group = {
      id: this.#next++,
      kind: a.kind === "loop" ? b.kind : a.kind,
      hero: a.hero ?? b.hero,
      nodes: new Set([...a.nodes, ...b.nodes]),
      outputs: [],
    };
    merged.outputs = this.#outputsOf(a, b);
    try {
      buildGroup(this.#ordered(merged), merged, false);
    } catch (e) {
      if (e instanceof Unfusable) return refuse("not one loop nest", e.message, "equal loops on both sides");
      throw e;
    }
    for (const p of a.outputs)
      for (const c of this.users.get(p) ?? [])
        if (b.nodes.has(c))
          this.#say(p, [c], {
            rule:
              how === "siblings"
                ? "siblings"
                : a.kind === "reduce" && (b.kind === "reduce" || sizeOf(c.shape) !== sizeOf(p.shape))
                  ? "same rows"
                  : "epilogue",
            reason: `the consumer runs over the ${a.kind === "reduce" ? "rows" : "elements"} that ${p.op} has just computed; ${showBytes(nodeBytes(p))} need not be read back`,
            otherwise: "other loops than the producer's",
            flopsRecomputed: 0,
          });
    this.groups.delete(a);
    this.groups.delete(b);
    this.groups.add(merged);
    for (const n of merged.nodes) {
      const h = this.home.get(n)!;
      h.delete(a);
      h.delete(b);
      h.add(merged);
    }
    return true;
  }
  #directly(a: Group, b: Group): boolean {
    return [...b.nodes].some((n) => n.inputs.some((i) => a.outputs.includes(i)));
  }
  /** Values of two joined groups that the program's result or another group reads. */
  #outputsOf(a: Group, b: Group): Node[] {
    const all = [...new Set([...a.outputs, ...b.outputs])];
    const kept = all.filter(
      (o) =>
        this.graph.outs.includes(o) ||
        (this.users.get(o) ?? []).some((u) => [...this.home.get(u)!].some((h) => h !== a && h !== b && !h.nodes.has(o))),
    );
    return kept.length ? kept : [all.at(-1)!];
  }
  /** Kernels over the same elements that share an operand become one with several results. */
  #mergeSiblings(): boolean {
    const list = [...this.groups].filter((g) => g.kind === "loop" || g.kind === "reduce");
    for (let i = 0; i < list.length; i++)
      for (let j = i + 1; j < list.length; j++) {
        const a = list[i]!,
          b = list[j]!;
        if (
          a.kind !== b.kind ||
          sizeOf(a.outputs[0]!.shape) !== sizeOf(b.outputs[0]!.shape) ||
          (sizeOf(a.outputs[0]!.shape) < 2 && a.kind === "loop" && !this.#shared(a, b))
        )
          continue;
        if (!this.#shared(a, b)) continue;
        if (this.#tryMerge(a, b, "siblings")) return true;
      }
    return false;
  }
  #shared(a: Group, b: Group): boolean {
    const reads = (g: Group): Set<Node> => new Set([...g.nodes].flatMap((n) => n.inputs.filter((i) => !g.nodes.has(i) && sizeOf(i.shape) > 1)));
    const ra = reads(a),
      rb = reads(b);
    return [...ra].some((n) => rb.has(n));
  }
  #ordered(g: Group): Node[] {
    return this.graph.nodes.filter((n) => g.nodes.has(n));
  }
  #finish(g: Group): void {
    // What nothing in the kernel uses any more is dropped: duplicates of values that ended up stored elsewhere.
    const used = new Set<Node>(),
      stack = [...g.outputs, ...[...g.nodes].filter((n) => n.is("get")), ...(g.hero ? [g.hero] : [])];
    for (let n = stack.pop(); n; n = stack.pop())
      if (!used.has(n) && g.nodes.has(n)) {
        used.add(n);
        stack.push(...n.inputs);
      }
    g.nodes = new Set(this.#ordered(g).filter((n) => used.has(n)));
  }
  #ledger(): Decision[] {
    const out: Decision[] = [];
    for (const c of this.graph.nodes)
      for (const p of new Set(c.inputs)) {
        if (isGiven(p) || c.is("get")) continue;
        const fused = [...(this.home.get(c) ?? [])].some((g) => g.nodes.has(p));
        const v = this.verdicts.get(edgeKey(p, c)) ?? {
          rule: fused ? "same kernel" : "separate kernels",
          reason: fused ? "both are computed by one kernel" : `${p.op} is stored and read back`,
          otherwise: "",
          flopsRecomputed: 0,
        };
        out.push({
          producer: p,
          consumer: c,
          fused,
          rule: v.rule,
          reason: v.reason,
          otherwise: v.otherwise,
          cost: {
            bytesSaved: fused ? (this.#stored(p) ? nodeBytes(p) : 2 * nodeBytes(p)) : 0,
            flopsRecomputed: fused ? v.flopsRecomputed : 0,
            launchesSaved: fused && !this.#stored(p) ? 1 : 0,
          },
        });
      }
    return out;
  }
  #stored(n: Node): boolean {
    return [...(this.home.get(n) ?? [])].some((g) => g.outputs.includes(n));
  }
}
/** Fuses a graph. `pins` force single edges apart or together (key `producer>consumer`, node ids). */
export const fuse = (graph: Graph, pins: Pins = new Map()): Fusion => new Fuser(graph, pins).run();
