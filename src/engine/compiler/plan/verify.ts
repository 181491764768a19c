// Checks a plan by following its steps: every value that a step reads must lie, whole, where the step reads it. So no place is given to two
// values that are needed at once, none is given back too early, nothing is read before it was written, an update in place finds its old value
// there and nobody reads that afterwards, and copies between carried values come in an order that loses none.
import { itemsize } from "../../core/dtypes.ts";
import { type Node, type TensorType, bytesOf } from "../../graph/graph.ts";
import { mayOverwrite } from "./inPlace.ts";
import { Memory } from "./memory.ts";
import { type CaseStep, type KernelStep, type Place, type Plan, type Step, type WhileStep, samePlace } from "./types.ts";

/** A plan that would compute something else than its graph says. */
export class PlanError extends Error {}

/** @throws PlanError at the first step that reads what is not there, or writes where it must not */
export function verifyPlan(plan: Plan): void {
  const main = plan.regions[0]!.graph;
  const memory = new Memory();
  const check = new PlanCheck(plan);
  main.params.forEach((p, slot) => memory.write({ kind: "slot", slot }, bytesOf(p.type), [p]));
  for (const [slot, nodes] of check.constants()) memory.write({ kind: "slot", slot }, bytesOf(nodes[0]!.type), nodes);
  const after = check.steps(plan.steps, memory);
  main.outs.forEach((o, i) => check.reads(after, o, { kind: "slot", slot: plan.takes[i] ?? plan.params.length + i }, "the program returns"));
}
class PlanCheck {
  /** Slots that hold constants, and arguments that no result takes: no step may write them. */
  readonly #readOnly: ReadonlySet<number>;
  constructor(readonly plan: Plan) {
    const first = plan.params.length + plan.outs.length;
    const kept = [...plan.params.keys()].filter((p) => !plan.takes.includes(p));
    this.#readOnly = new Set([...kept, ...plan.constants.map((_c, i) => first + i)]);
  }
  /** The constants of all regions by their slots. */
  constants(): Map<number, Node[]> {
    const first = this.plan.params.length + this.plan.outs.length;
    const slots = new Map(this.plan.constants.map((c, i) => [c, first + i]));
    const found = new Map<number, Node[]>();
    for (const { graph } of this.plan.regions)
      for (const n of graph.nodes) {
        const slot = n.is("constant") ? slots.get(n.attrs.value) : undefined;
        if (slot !== undefined) found.set(slot, [...(found.get(slot) ?? []), n]);
      }
    return found;
  }
  steps(steps: readonly Step[], memory: Memory): Memory {
    return steps.reduce((m, s) => this.#step(s, m), memory);
  }
  #step(s: Step, m: Memory): Memory {
    switch (s.kind) {
      case "kernel":
        this.#kernel(s, m);
        return m;
      case "library":
      case "callback": {
        s.node.inputs.forEach((n, i) => this.reads(m, n, s.ins[i]!, `${s.kernel.kernel.name} reads`));
        const ins = s.node.inputs.map((n, i): Range => [s.ins[i]!, bytesOf(n.type)]);
        const outs = s.node.types.map((t, i): Range => [s.outs[i]!, bytesOf(t)]);
        this.#disjoint(s.kernel.kernel.name, outs, ins);
        this.#results(s.outs, s.node.types, s.results, m);
        return m;
      }
      case "copy": {
        const values = m.at(s.from, s.bytes);
        if (values.size === 0 && s.bytes > 0) throw new PlanError(`a copy reads ${show(s.from)}, where nothing lies`);
        this.#writes(m, s.to, s.bytes, values, "a copy");
        return m;
      }
      case "while":
        return this.#while(s, m);
      case "case":
        return this.#case(s, m);
      default:
        return s satisfies never;
    }
  }
  #kernel(s: KernelStep, m: Memory): void {
    const { kernel, nodes } = s.kernel;
    const computed = new Set(nodes);
    const ins: Range[] = [];
    const outs: Range[] = [];
    const written: [Node, Range][] = [];
    const replaced: Range[] = [];
    const isReplaced = (over: number): boolean =>
      kernel.buffers.some((b, out) => b.role === "out" && samePlace(s.places[out]!, s.places[over]!) && mayOverwrite(kernel, out, over));
    kernel.buffers.forEach((b, i) => {
      const n = s.values[i] ?? null;
      const range: Range = [s.places[i]!, b.size * itemsize(b.dtype)];
      if (b.role === "in") {
        if (!n) throw new PlanError(`${kernel.name} reads a buffer that holds no value`);
        this.reads(m, n, range[0], `${kernel.name} reads`);
        // What one result replaces element by element shares its place with that one alone.
        if (isReplaced(i)) replaced.push(range);
        else ins.push(range);
        return;
      }
      outs.push(range);
      if (n) written.push([n, range]);
    });
    if (s.updates) this.reads(m, s.updates, written[0]![1][0], `${kernel.name} updates in place`);
    for (const n of s.kernel.outputs) if (!written.some(([w]) => w === n)) throw new PlanError(`${kernel.name} does not write its result %${n.id}`);
    this.#disjoint(kernel.name, outs, ins);
    this.#disjoint(kernel.name, replaced, ins);
    for (const [place, bytes] of outs) this.#writes(m, place, bytes, [], kernel.name);
    for (const [n, [place, bytes]] of written) {
      if (!computed.has(n)) throw new PlanError(`${kernel.name} writes %${n.id}, which it does not compute`);
      this.#writes(m, place, bytes, [n], kernel.name);
    }
  }
  #results(outs: readonly Place[], types: readonly TensorType[], results: readonly (Node | null)[], m: Memory): void {
    outs.forEach((place, i) => this.#writes(m, place, bytesOf(types[i]!), results[i] ? [results[i]] : [], "a routine"));
  }
  #while(s: WhileStep, before: Memory): Memory {
    const { cond, body } = s.node.attrs;
    s.node.inputs.forEach((init, j) => this.reads(before, init, s.carried[j]!, "a loop starts from"));
    const enter = (m: Memory, params: readonly Node[]): void => params.forEach((p, j) => m.alias(s.carried[j]!, bytesOf(p.type), p));
    const test = (m: Memory): Memory => {
      enter(m, cond.params);
      const after = this.steps(s.cond, m);
      this.reads(after, cond.outs[0]!, s.predicate, "a loop tests");
      cond.params.forEach((p, j) => this.reads(after, p, s.carried[j]!, "a loop carries past its test"));
      return after;
    };
    const tested = test(new Memory(before));
    const iteration = new Memory(tested);
    enter(iteration, body.params);
    const afterBody = this.steps(s.body, iteration);
    body.outs.forEach((o, j) => this.reads(afterBody, o, s.carried[j]!, "a loop carries on"));
    // After no iteration, or after some: what holds in both cases holds.
    const after = tested.meet(test(afterBody));
    s.results.forEach((r, j) => r && after.alias(this.#filled(after, s.carried[j]!, s.node.types[j]!), bytesOf(r.type), r));
    return after;
  }
  /** A carried place holds another value after each iteration, but it holds one. */
  #filled(m: Memory, place: Place, type: TensorType): Place {
    if (m.at(place, bytesOf(type)).size === 0) m.write(place, bytesOf(type), []);
    return place;
  }
  #case(s: CaseStep, before: Memory): Memory {
    const [index, ...operands] = s.node.inputs;
    this.reads(before, index!, s.index, "a branch is chosen by");
    operands.forEach((n, i) => this.reads(before, n, s.operands[i]!, "a branch takes"));
    const ends = s.node.attrs.branches.map((b, k) => {
      const m = new Memory(before);
      b.params.forEach((p, i) => m.alias(s.operands[i]!, bytesOf(p.type), p));
      const after = this.steps(s.branches[k]!, m);
      b.outs.forEach((o, i) => this.reads(after, o, s.outs[i]!, "a branch returns"));
      return after;
    });
    const after = ends.reduce((a, b) => a.meet(b));
    s.results.forEach((r, i) => r && after.alias(this.#filled(after, s.outs[i]!, r.type), bytesOf(r.type), r));
    return after;
  }

  reads(m: Memory, n: Node, place: Place, what: string): void {
    const bytes = bytesOf(n.type);
    if (bytes === 0) return;
    const there = m.at(place, bytes);
    if (!there.has(n)) {
      const held = there.size > 0 ? [...there].map((x) => `${x.op} %${x.id}`).join(", ") : "nothing whole";
      throw new PlanError(`${what} ${n.op} %${n.id} at ${show(place)}, where ${held} lies`);
    }
  }
  #writes(m: Memory, place: Place, bytes: number, values: Iterable<Node>, who: string): void {
    if (place.kind === "slot" && this.#readOnly.has(place.slot)) throw new PlanError(`${who} writes to ${show(place)}, an argument or a constant`);
    if (place.kind === "arena" && (place.offset < 0 || place.offset + bytes > this.plan.arenaBytes))
      throw new PlanError(`${who} writes ${bytes} bytes to ${show(place)}, past the arena's end`);
    m.write(place, bytes, values);
  }
  /** A kernel may write a result before it has read all operands, so these share no memory (but for what is replaced in place); results share none with one another. */
  #disjoint(name: string, outs: readonly Range[], ins: readonly Range[]): void {
    outs.forEach((o, i) => {
      const clash = [...ins, ...outs.slice(i + 1)].find((x) => overlap(o, x));
      if (clash) throw new PlanError(`${name} writes ${show(o[0])}, which overlaps ${show(clash[0])} of the same kernel`);
    });
  }
}
type Range = readonly [place: Place, bytes: number];
function overlap([p, a]: Range, [q, b]: Range): boolean {
  if (a === 0 || b === 0) return false;
  if (p.kind === "slot" || q.kind === "slot") return p.kind === "slot" && q.kind === "slot" && p.slot === q.slot;
  return p.offset < q.offset + b && q.offset < p.offset + a;
}
const show = (p: Place): string => (p.kind === "slot" ? `slot ${p.slot}` : `offset ${p.offset}`);
