// The passes in their order. The recorder gets each pass's counts and what it changed.
import { type Graph, type Node } from "../../graph/graph.ts";
import { checks } from "../checks.ts";
import { type PassRecord, type Rewrite, rewriteGraph } from "./rewrite.ts";
import { rolls } from "./rolls.ts";
import { simplify } from "./simplify.ts";
import { type PassWatch, compose } from "./watch.ts";

const ids = new WeakMap<object, number>();
let nextId = 0;
const identity = (o: object): number => {
  let i = ids.get(o);
  if (i === undefined) ids.set(o, (i = nextId++));
  return i;
};
/** What makes two nodes compute the same value. */
function key(n: Node, inputs: readonly Node[]): string | null {
  if (n.is("callback", "while", "case", "barrier")) return null;
  const attrs = n.is("constant")
    ? n.shape.length === 0
      ? `${n.dtype}:${String(n.attrs.value.raw().join())}:${Object.is(Number(n.attrs.value.raw()[0]), -0)}`
      : identity(n.attrs.value)
    : JSON.stringify(n.attrs, (_k, v: unknown) =>
        typeof v === "bigint"
          ? `${v}n`
          : typeof v === "object" && v !== null && "nodes" in v
            ? identity(v)
            : typeof v === "function"
              ? identity(v)
              : typeof v === "number" && !Number.isFinite(v)
                ? String(v)
                : v,
      );
  return `${n.op}(${inputs.map((i) => i.id).join()})${attrs}:${n.types.map((t) => `${t.dtype}[${t.shape.join()}]`).join()}`;
}
/** Common subexpressions are computed once. */
function cse(fired: (name: string) => void): Rewrite {
  const seen = new Map<string, Node>();
  return (g, n, inputs) => {
    const k = key(n, inputs);
    if (k === null) return null;
    const before = seen.get(k);
    if (before) {
      fired(`${n.op} computed once`);
      return before;
    }
    const made = g.node(n.op, inputs, n.attrs, n.types);
    made.origin = n.origin;
    seen.set(k, made);
    return made;
  };
}
interface PassDefinition {
  readonly name: string;
  readonly make: (fired: (name: string) => void, graph: Graph) => Rewrite;
  readonly untilStable: boolean;
  /** Where its patterns stand. */
  readonly file: string;
}
const HERE = "compiler/passes/pipeline.ts";
const PATTERNS = "compiler/passes/simplify.ts";
const PASSES: readonly PassDefinition[] = [
  { name: "dce", make: () => () => null, untilStable: false, file: "compiler/passes/rewrite.ts" },
  { name: "simplify", make: simplify, untilStable: true, file: PATTERNS },
  { name: "cse", make: cse, untilStable: false, file: HERE },
  { name: "rolls", make: rolls, untilStable: false, file: "compiler/passes/rolls.ts" },
  { name: "simplify again", make: simplify, untilStable: true, file: PATTERNS },
];
const MAX_SWEEPS = 8;
export function runPasses(graph: Graph, watch?: PassWatch): { graph: Graph; records: PassRecord[] } {
  const records: PassRecord[] = [];
  let g = graph;
  for (const pass of PASSES) {
    const before = g.nodes.length,
      changed = new Map<string, number>(),
      first = g;
    let became: Map<Node, Node> | null = null;
    for (let sweep = 0; sweep < (pass.untilStable ? MAX_SWEEPS : 1); sweep++) {
      let fired = 0;
      const start = g;
      const step = watch && new Map<Node, Node>();
      g = rewriteGraph(
        start,
        pass.make((name) => {
          fired++;
          changed.set(name, (changed.get(name) ?? 0) + 1);
        }, start),
        step,
      );
      if (step) became = became ? compose(became, step) : step;
      checks().pass?.(start, g, pass.name);
      if (!fired) break;
    }
    if (became) watch?.on({ name: pass.name, region: watch.region, file: pass.file, before: first, after: g, became, fired: changed });
    records.push({ pass: pass.name, before, after: g.nodes.length, changed: [...changed].map(([name, n]) => `${name} ×${n}`) });
  }
  return { graph: g, records };
}
