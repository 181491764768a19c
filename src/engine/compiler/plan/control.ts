// Loops and branches as nested steps. A loop's carried values have one place for all iterations; a branch writes where the case's result is.
import { type Node, bytesOf } from "../../graph/graph.ts";
import { copies } from "./copies.ts";
import type { RegionPlanner } from "./region.ts";
import { type CopyStep, type Place, type Step, samePlace } from "./types.ts";

export function planWhile(r: RegionPlanner, n: Node<"while">, results: readonly (Node | null)[]): void {
  const { cond, body } = n.attrs;
  const carried = n.inputs.map((init, j): Place => {
    const result = results[j];
    const from = r.placeOf(init);
    // What the body never writes needs no place of its own.
    if (body.outs[j] === body.params[j]) {
      if (result) r.hold(result, from);
      return from;
    }
    const to = result && r.isRead(result) ? r.newPlace(result) : r.allocate(bytesOf(n.types[j]!));
    if (result) r.hold(result, to);
    r.steps.push({ kind: "copy", to, from, bytes: bytesOf(n.types[j]!), value: init, carried: { loop: n, index: j, eachTurn: false } });
    return to;
  });
  const predicate = r.allocate(1);
  const test = r.program.region(cond, { params: carried, wanted: [predicate], mutable: false });
  const tested = [...test.planner.steps, ...copies(test.outs, [predicate], cond.outs)];
  const inner = r.program.region(body, { params: carried, wanted: body.outs.map(() => null), mutable: true });
  const steps: Step[] = [...inner.planner.steps, ...carryOn(r, inner.outs, carried, n)];
  test.planner.close();
  inner.planner.close();
  r.steps.push({ kind: "while", node: n, carried, results, cond: tested, predicate, body: steps });
}
/** Results that are not yet in their carried place are copied there; those that are another carried value go through a temporary. */
function carryOn(r: RegionPlanner, outs: readonly Place[], carried: readonly Place[], n: Node<"while">): CopyStep[] {
  const staging: CopyStep[] = [];
  const moving: CopyStep[] = [];
  const isCarried = new Set(carried.map(keyOf));
  outs.forEach((from, j) => {
    const to = carried[j]!;
    if (samePlace(from, to)) return;
    const bytes = bytesOf(n.types[j]!);
    const copied = { kind: "copy", bytes, value: n.attrs.body.outs[j]!, carried: { loop: n, index: j, eachTurn: true } } as const;
    if (!isCarried.has(keyOf(from))) moving.push({ ...copied, to, from });
    else {
      const temporary = r.allocate(bytes);
      staging.push({ ...copied, to: temporary, from });
      moving.push({ ...copied, to, from: temporary });
    }
  });
  return [...staging, ...moving];
}
const keyOf = (p: Place): string => (p.kind === "slot" ? `s${p.slot}` : `a${p.offset}`);

export function planCase(r: RegionPlanner, n: Node<"case">, results: readonly (Node | null)[]): void {
  const operands = n.inputs.slice(1).map((i) => r.placeOf(i));
  const outs = r.placeResults(results, n.types);
  const branches = n.attrs.branches.map((b) => {
    const branch = r.program.region(b, { params: operands, wanted: outs, mutable: false });
    branch.planner.close();
    return [...branch.planner.steps, ...copies(branch.outs, outs, b.outs)];
  });
  const [index] = n.inputs;
  r.steps.push({ kind: "case", node: n, index: r.placeOf(index!), indexType: index!.type, operands, outs, results, branches });
}
