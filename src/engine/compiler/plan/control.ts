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
    // A parameter that nothing else of the loop starts from, and nothing reads afterwards, is where its loop goes on.
    const mayReplace = (over: Node): boolean => over === init && n.inputs.filter((i) => i === init).length === 1;
    const to = result && r.isRead(result) ? r.newPlace(result, mayReplace) : r.allocate(bytesOf(n.types[j]!));
    if (result) r.hold(result, to);
    if (!samePlace(from, to))
      r.steps.push({ kind: "copy", to, from, bytes: bytesOf(n.types[j]!), value: init, carried: { loop: n, index: j, eachTurn: false } });
    return to;
  });
  const predicate = r.allocate(1);
  const test = r.program.region(cond, { params: carried, wanted: [predicate], replaces: [] });
  const tested = [...test.planner.steps, ...copies(test.outs, [predicate], cond.outs)];
  const inner = r.program.region(body, { params: carried, wanted: [], replaces: body.outs.map((_o, i) => i) });
  const steps: Step[] = [...inner.planner.steps, ...carryOn(r, inner.outs, carried, n)];
  test.planner.close();
  inner.planner.close();
  r.steps.push({ kind: "while", node: n, carried, results, cond: tested, predicate, body: steps });
}
/**
 * Results that are not yet in their carried place are copied there. A carried value that another place takes over is copied before its own place is written:
 * only values that change places in a circle go through a temporary.
 */
function carryOn(r: RegionPlanner, outs: readonly Place[], carried: readonly Place[], n: Node<"while">): CopyStep[] {
  const steps: CopyStep[] = [];
  let open = outs.flatMap((from, j): CopyStep[] => {
    const to = carried[j]!;
    if (samePlace(from, to)) return [];
    return [{ kind: "copy", to, from, bytes: bytesOf(n.types[j]!), value: n.attrs.body.outs[j]!, carried: { loop: n, index: j, eachTurn: true } }];
  });
  while (open.length) {
    const free = open.find((c) => !open.some((x) => x !== c && samePlace(x.from, c.to)));
    if (free) {
      steps.push(free);
      open = open.filter((c) => c !== free);
      continue;
    }
    // A circle: one of its values steps aside.
    const [first] = open as [CopyStep, ...CopyStep[]];
    const temporary = r.allocate(first.bytes);
    steps.push({ ...first, to: temporary });
    open = open.map((c) => (samePlace(c.from, first.from) ? { ...c, from: temporary } : c));
  }
  return steps;
}
export function planCase(r: RegionPlanner, n: Node<"case">, results: readonly (Node | null)[]): void {
  const operands = n.inputs.slice(1).map((i) => r.placeOf(i));
  const outs = r.placeResults(results, n.types);
  const branches = n.attrs.branches.map((b) => {
    const branch = r.program.region(b, { params: operands, wanted: outs, replaces: [] });
    branch.planner.close();
    return [...branch.planner.steps, ...copies(branch.outs, outs, b.outs)];
  });
  const [index] = n.inputs;
  r.steps.push({ kind: "case", node: n, index: r.placeOf(index!), indexType: index!.type, operands, outs, results, branches });
}
