// Neighbours by rolling: an array that is rolled several times, each time a little, is read at other places of one array that goes on a little beyond its
// borders. Rolled copies would each be stored (elements of two parts have no index without arithmetic); slices of the longer array are only other indices.
import { sizeOf } from "../../core/aval.ts";
import { type Graph, type GraphBuilder, type Node, isElementwise } from "../../graph/graph.ts";
import type { Rewrite } from "./rewrite.ts";

/** A node as its array rolled: by axis, how far; up to a half of it either way. */
interface Rolled {
  readonly of: Node;
  readonly shifts: ReadonlyMap<number, number>;
}
/** What all rolls of an array together need beyond its borders, by axis: elements of its end before its beginning, and of its beginning behind its end. */
type Margins = ReadonlyMap<number, { readonly before: number; readonly behind: number }>;
/** How much longer the array becomes at the most, and how many elements it has at least. */
const MOST_LONGER = 1.25;
const LEAST = 256;
const NAME = "rolled several times → slices of one longer array";

/** @param graph before the pass; the rewrite is asked for its nodes in their order */
export function rolls(fired: (name: string) => void, graph: Graph): Rewrite {
  const rolled = new Map<Node, Rolled>();
  for (const n of graph.nodes) {
    const found = rollOf(n, rolled);
    if (found) rolled.set(n, found);
  }
  const margins = rolled.size > 1 ? worthwhile(graph, rolled) : new Map<Node, Margins>();
  // As they are in the new graph: the arrays that are rolled, and the longer ones.
  const arrays = new Map<Node, Node>();
  const longer = new Map<Node, Node>();
  return (g, n, inputs) => {
    const own = rolled.get(n);
    const around = own && margins.get(own.of);
    if (!own || !around) return null;
    // The first roll of an array is one of the array itself: others come after it.
    const array = arrays.get(own.of) ?? inputs[0]!.inputs[0]!;
    arrays.set(own.of, array);
    let all = longer.get(own.of);
    if (!all) longer.set(own.of, (all = lengthened(g, array, around)));
    fired(NAME);
    return part(
      g,
      all,
      n.shape.map((_s, axis) => (around.get(axis)?.before ?? 0) - (own.shifts.get(axis) ?? 0)),
      n.shape,
    );
  };
}
/** Two slices of one array that change places along an axis. @param known rolls among the nodes before this one */
function rollOf(n: Node, known: ReadonlyMap<Node, Rolled>): Rolled | null {
  if (!n.is("concatenate") || n.inputs.length !== 2) return null;
  const [end, beginning] = n.inputs as [Node, Node];
  if (!end.is("slice") || !beginning.is("slice")) return null;
  const [x] = end.inputs as [Node];
  const { dim } = n.attrs;
  const length = n.shape[dim]!;
  const by = end.shape[dim]!;
  if (beginning.inputs[0] !== x || x.shape.join() !== n.shape.join()) return null;
  const startsAt = (s: Node<"slice">, at: number): boolean =>
    s.attrs.start.every((from, axis) => from === (axis === dim ? at : 0)) && s.attrs.strides.every((stride) => stride === 1);
  if (!startsAt(end, length - by) || !startsAt(beginning, 0)) return null;
  const before = known.get(x);
  const total = ((before?.shifts.get(dim) ?? 0) + by + length) % length;
  return { of: before?.of ?? x, shifts: new Map(before?.shifts).set(dim, 2 * total > length ? total - length : total) };
}
/** Arrays of which fewer longer copies are stored than there would be rolled ones, and what these need beyond their borders. */
function worthwhile(graph: Graph, rolled: ReadonlyMap<Node, Rolled>): Map<Node, Margins> {
  const users = new Map<Node, Node[]>();
  for (const n of graph.nodes) for (const i of new Set(n.inputs)) users.set(i, [...(users.get(i) ?? []), n]);
  const outs = new Set(graph.outs);
  const usersOf = (n: Node): readonly Node[] => users.get(n) ?? [];
  const isStep = (n: Node): boolean => n.is("slice") && !outs.has(n) && usersOf(n).length > 0 && usersOf(n).every((u) => rolled.has(u));
  const byArray = new Map<Node, Node[]>();
  for (const [n, { of }] of rolled) byArray.set(of, [...(byArray.get(of) ?? []), n]);
  const found = new Map<Node, Margins>();
  for (const [array, all] of byArray) {
    // What is stored in any case (a result, an operand of a product) would be one more copy.
    if (sizeOf(array.shape) < LEAST || all.some((n) => outs.has(n) || !usersOf(n).every((u) => isElementwise(u) || u.is("reduce") || isStep(u))))
      continue;
    const margins = new Map<number, { before: number; behind: number }>();
    for (const n of all.filter((n) => !usersOf(n).every(isStep)))
      for (const [axis, shift] of rolled.get(n)!.shifts) {
        const have = margins.get(axis) ?? { before: 0, behind: 0 };
        margins.set(axis, { before: Math.max(have.before, shift), behind: Math.max(have.behind, -shift) });
      }
    const times = [...margins].reduce((t, [axis, { before, behind }]) => t * (1 + (before + behind) / array.shape[axis]!), 1);
    if (all.length > margins.size && times <= MOST_LONGER) found.set(array, margins);
  }
  return found;
}
/** The array with what comes in at its borders. */
function lengthened(g: GraphBuilder, array: Node, margins: Margins): Node {
  let all = array;
  for (const [dim, { before, behind }] of margins) {
    const length = array.shape[dim]!;
    const along = (from: number, extent: number): Node[] =>
      extent === 0
        ? []
        : [
            part(
              g,
              all,
              all.shape.map((_s, axis) => (axis === dim ? from : 0)),
              all.shape.map((s, axis) => (axis === dim ? extent : s)),
            ),
          ];
    const parts = [...along(length - before, before), all, ...along(0, behind)];
    const shape = all.shape.map((s, axis) => (axis === dim ? before + s + behind : s));
    if (parts.length > 1) all = g.node("concatenate", parts, { dim }, [{ shape, dtype: array.dtype }]);
  }
  return all;
}
const part = (g: GraphBuilder, x: Node, start: readonly number[], shape: readonly number[]): Node =>
  g.slice(
    x,
    start,
    start.map((s, axis) => s + shape[axis]!),
    start.map(() => 1),
  );
