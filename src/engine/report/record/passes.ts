// Pass by pass: what each pass did to the program, as text before and after. The passes run once more for it, over the graph as it was traced; they are
// the same functions with the same result, so that nodes have the numbers that they have in the compiled program.
import { optimizeRegions } from "../../compiler/passes/regions.ts";
import { runPasses } from "../../compiler/passes/pipeline.ts";
import { type WatchedPass } from "../../compiler/passes/watch.ts";
import type { Graph, Node } from "../../graph/graph.ts";
import { rowOf } from "../../graph/ops.ts";
import { numberProgram } from "../../graph/regions.ts";
import { showAttribute } from "../../graph/text.ts";
import type { Pass } from "../types.ts";
import { isScalarConstant, nodeId, opName, showConstant } from "./levels.ts";
import { showShort } from "./operations.ts";

/** Larger programs are not gone through again: their passes are listed with what they did in all. */
const MOST_NODES = 20_000;
const MOST_PASSES = 2000;
const MOST_LINES = 160;
const CONTEXT = 2;

/** @param size nodes of the compiled program's main graph: another number means that it is not the same program */
export function recordPasses(traced: Graph, size: number): Pass[] | null {
  if (traced.nodes.length > MOST_NODES) return null;
  const watched: WatchedPass[] = [];
  const watch = { region: null, on: (p: WatchedPass) => void (watched.length < MOST_PASSES && watched.push(p)) };
  const { graph } = runPasses(optimizeRegions(traced, watch), watch);
  if (graph.nodes.length !== size) return null;
  numberProgram(graph);
  const names = new Names();
  return watched.map((p, i) => passOf(p, watched.slice(i + 1).filter((q) => q.region === p.region), names));
}
/** Names that a value keeps through the passes, so that only what changed differs. */
class Names {
  readonly #of = new Map<Node, string>();
  #next = 0;
  of(n: Node): string {
    let name = this.#of.get(n);
    if (name === undefined) this.#of.set(n, (name = n.is("parameter") ? `%arg${n.attrs.index}` : `%${this.#next++}`));
    return name;
  }
  /** What a node became keeps its name, if it has none of its own. */
  carry({ before, became }: WatchedPass): void {
    for (const n of before.nodes) {
      const name = this.of(n);
      const next = became.get(n);
      if (next && !this.#of.has(next)) this.#of.set(next, name);
    }
  }
}
function passOf(p: WatchedPass, later: readonly WatchedPass[], names: Names): Pass {
  const lines = (g: Graph): { node: Node; line: string }[] => g.nodes.filter((n) => !isScalarConstant(n)).map((node) => ({ node, line: lineOf(node, names) }));
  const before = lines(p.before);
  names.carry(p);
  const after = lines(p.after);
  const olds = new Set(before.map((l) => l.line));
  const news = new Set(after.map((l) => l.line));
  const isNew = (l: { line: string }): boolean => !olds.has(l.line);
  const isGone = (l: { line: string }): boolean => !news.has(l.line);
  const changed = after.filter(isNew);
  const text = changed.length || before.some(isGone) ? textOf(before, after, isGone, isNew) : null;
  const final = (n: Node): Node | undefined => later.reduce<Node | undefined>((at, q) => at && q.became.get(at), n);
  const nodes = [...new Set(changed.flatMap(({ node }) => final(node) ?? []))].map(nodeId);
  return {
    name: p.name,
    before: p.before.nodes.length,
    after: p.after.nodes.length,
    changed: [...p.fired].map(([name, n]) => `${name} ×${n}`),
    ...(p.region === null ? {} : { region: p.region }),
    ...(p.fired.size ? { patterns: [...p.fired].map(([name, times]) => ({ name, times, file: p.file })) } : {}),
    ...(text ? { text } : {}),
    ...(nodes.length ? { nodes } : {}),
  };
}
/** "%5 = broadcast(%2) {dims = [1]} : f32[64,128]" */
function lineOf(n: Node, names: Names): string {
  const operand = (i: Node): string => (isScalarConstant(i) ? showConstant(i) : names.of(i));
  const row = rowOf(n.op);
  const regions = row.regions(n.attrs);
  const values = n.attrs as Readonly<Record<string, unknown>>;
  const shown = ([key]: readonly [string, unknown]): boolean => {
    const v = values[key];
    return typeof v !== "function" && !regions.includes(v as Graph) && !(Array.isArray(v) && regions.includes(v[0] as Graph)) && !n.is("constant", "parameter");
  };
  const attributes = Object.entries(row.attributes as Readonly<Record<string, string>>)
    .filter(shown)
    .map(([key, name]) => `${name} = ${showAttribute(values[key])}`);
  return `${names.of(n)} = ${opName(n)}(${n.inputs.map(operand).join(", ")})${attributes.length ? ` {${attributes.join(", ")}}` : ""} : ${n.types.map(showShort).join(", ")}`;
}
interface Line {
  readonly line: string;
}
/** The changed lines of both sides with those around them; an unchanged line stands on both sides or on none. */
function textOf(before: readonly Line[], after: readonly Line[], isGone: (l: Line) => boolean, isNew: (l: Line) => boolean): NonNullable<Pass["text"]> {
  const kept = new Set<string>();
  const around = (lines: readonly Line[], differs: (l: Line) => boolean): void =>
    lines.forEach((l, i) => {
      if (differs(l)) for (const near of lines.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1)) kept.add(near.line);
    });
  around(before, isGone);
  around(after, isNew);
  const cutOff = (lines: readonly string[]): readonly [string, number] => [lines.slice(0, MOST_LINES).join("\n"), Math.max(0, lines.length - MOST_LINES)];
  const [first, cutFirst] = cutOff(shown(before, kept));
  const [second, cutSecond] = cutOff(shown(after, kept));
  return { language: "graph", before: first, after: second, ...(cutFirst + cutSecond ? { cut: cutFirst + cutSecond } : {}) };
}
const GAP = "⋯";
function shown(lines: readonly Line[], kept: ReadonlySet<string>): string[] {
  const out: string[] = [];
  for (const { line } of lines)
    if (kept.has(line)) out.push(line);
    else if (out.at(-1) !== GAP) out.push(GAP);
  return out;
}
