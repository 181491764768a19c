// V8's CPU profile (the Profile object of the Chrome DevTools Protocol), which VS Code and Chrome open: a tree of call frames, samples of it, and the time
// from each sample to the next. Times there are whole microseconds: a steady call of microseconds is therefore told a power of ten times over, and says so.
import type { Report } from "../types.ts";
import { type CostStack, type StackFrame, costStacks } from "./costStacks.ts";

interface Node {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly scriptId: string;
    readonly url: string;
    /** From 0; −1 where there is none. */
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  hitCount: number;
  children?: number[];
  positionTicks?: { line: number; ticks: number }[];
}
/** Whole microseconds have to tell the parts of a call apart: it is shown as often as makes it this long. */
const LEAST_MICROSECONDS = 1e6;

export function cpuProfile(r: Report): string {
  const stacks = costStacks(r);
  const total = stacks.reduce((s, x) => s + x.ms * 1000, 0);
  const times = 10 ** Math.max(0, Math.ceil(Math.log10(LEAST_MICROSECONDS / Math.max(total, 1e-6))));
  const begin = beginnings(stacks);
  const tree = new Tree(r);
  const caller = tree.child(tree.root, { name: `${times.toLocaleString("en")} steady calls of ${r.function.name}`, file: "", line: 0, column: 0 });
  const samples: number[] = [];
  const timeDeltas: number[] = [];
  let owed = 0;
  for (const s of stacks) {
    const leaf = s.frames.reduce((at, f) => tree.child(at, begin(f)), caller);
    // What rounding takes from one sample the next one gets.
    const exact = s.ms * 1000 * times + owed;
    const whole = Math.round(exact);
    owed = exact - whole;
    if (whole <= 0) continue;
    leaf.hitCount++;
    samples.push(leaf.id);
    timeDeltas.push(whole);
  }
  const startTime = 0;
  // A delta is the time since the sample before: the first one starts the profile, and the last one needs an end.
  const deltas = [0, ...timeDeltas];
  const ids = [...samples, tree.root.id];
  const endTime = startTime + timeDeltas.reduce((a, b) => a + b, 0);
  return `${JSON.stringify({ nodes: tree.nodes, startTime, endTime, samples: ids, timeDeltas: deltas })}\n`;
}
/** A function's place is where it begins: the first of its lines that is known. A function without a name is told apart by its line. */
function beginnings(stacks: readonly CostStack[]): (f: StackFrame) => StackFrame {
  const first = new Map<string, StackFrame>();
  const key = (f: StackFrame): string | null => (f.line === 0 || f.name === "(anonymous)" ? null : `${f.name}\u0000${f.file}`);
  for (const s of stacks)
    for (const f of s.frames) {
      const k = key(f);
      const known = k === null ? undefined : first.get(k);
      if (k !== null && (!known || f.line < known.line)) first.set(k, f);
    }
  return (f) => first.get(key(f) ?? "") ?? f;
}
class Tree {
  readonly nodes: Node[] = [];
  readonly root: Node;
  readonly #children = new Map<string, Node>();
  readonly #scripts = new Map<string, string>();
  constructor(readonly r: Report) {
    this.root = this.#add({ name: "(root)", file: "", line: 0, column: 0 });
  }
  child(parent: Node, f: StackFrame): Node {
    const key = `${parent.id}\u0000${f.name}\u0000${f.file}\u0000${f.line}\u0000${f.column}`;
    let node = this.#children.get(key);
    if (!node) {
      node = this.#add(f);
      (parent.children ??= []).push(node.id);
      this.#children.set(key, node);
    }
    return node;
  }
  #add(f: StackFrame): Node {
    let scriptId = "0";
    if (f.file) {
      scriptId = this.#scripts.get(f.file) ?? String(this.#scripts.size + 1);
      this.#scripts.set(f.file, scriptId);
    }
    const node: Node = {
      id: this.nodes.length + 1,
      callFrame: { functionName: f.name, scriptId, url: f.file, lineNumber: f.line - 1, columnNumber: f.line ? f.column - 1 : -1 },
      hitCount: 0,
    };
    this.nodes.push(node);
    return node;
  }
}
