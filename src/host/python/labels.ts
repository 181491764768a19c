// What a kernel computes in the person's own words, "h = tanh(x·w)": the expression is read from the HLO, the variable from the source line.
import { uniqueNames } from "../../engine/report/names.ts";
import type { NodeId } from "../../engine/report/types.ts";
import { calledBy, type HloModule } from "../../xla/hlo.ts";
import type { HloGraph, HloKernel } from "./hloLevel.ts";
import type { BridgePlaces } from "./places.ts";

const LONGEST = 64;
const DEEPEST = 5;
const INFIX: Readonly<Record<string, readonly [string, number]>> = {
  add: [" + ", 1],
  subtract: [" − ", 1],
  multiply: ["*", 2],
  divide: [" / ", 2],
  dot: ["·", 2],
  and: [" & ", 1],
  or: [" | ", 1],
};
const COMPARED: Readonly<Record<string, string>> = { LT: " < ", LE: " ≤ ", GT: " > ", GE: " ≥ ", EQ: " == ", NE: " != " };
/** Operations by the names that JAX's users know. */
const NAMES: Readonly<Record<string, string>> = {
  exponential: "exp",
  sine: "sin",
  cosine: "cos",
  maximum: "max",
  minimum: "min",
  logistic: "sigmoid",
  select: "where",
  "exponential-minus-one": "expm1",
  "log-plus-one": "log1p",
  "dynamic-slice": "slice",
  "dynamic-update-slice": "update",
};
const TRANSPARENT = new Set(["broadcast", "reshape", "convert", "bitcast", "copy", "transpose", "reduce-precision", "bitcast-convert"]);
const REDUCTIONS: Readonly<Record<string, string>> = { add: "sum", multiply: "prod", maximum: "max", minimum: "min", and: "all", or: "any" };

export function kernelLabels(kernels: readonly HloKernel[], graph: HloGraph, module: HloModule, places: BridgePlaces): string[] {
  return uniqueNames(
    kernels.map((k) => new Labeller(k, graph, module, places).label()),
    " #",
  );
}
/** The variable that a Python line assigns to; null where it does not. */
export function assignedName(line: string): string | null {
  const m = /^\s*([A-Za-z_][\w.]*(?:\s*,\s*[A-Za-z_][\w.]*)*)\s*(?::[^=]+)?(?:[-+*/@|&^%]|\*\*|\/\/|>>|<<)?=(?!=)/.exec(line);
  return m ? m[1]!.replace(/\s+/g, " ") : null;
}
class Labeller {
  readonly #inside: ReadonlySet<NodeId>;
  #left = LONGEST;
  #own: string | null = null;
  #expanded = false;
  constructor(
    private readonly k: HloKernel,
    private readonly graph: HloGraph,
    private readonly module: HloModule,
    private readonly places: BridgePlaces,
  ) {
    this.#inside = new Set(k.nodes);
  }
  label(): string {
    const output = this.k.outputs[0] ?? this.k.nodes.at(-1);
    if (output === undefined) return this.k.instruction.name;
    const variable = this.#variable(output);
    this.#own = variable;
    const expression = this.#print(output, 0, 0, true);
    const text = this.#isBackward(output) ? `∂${variable ?? ""}: ${expression}` : variable ? `${variable} = ${expression}` : expression;
    return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
  }
  #variable(id: NodeId): string | null {
    const frame = this.places.top(this.graph.nodes.get(id)?.node.stack);
    const line = frame && this.places.places.lineText(frame);
    return line === undefined ? null : assignedName(line);
  }
  #print(id: NodeId, depth: number, least: number, top = false): string {
    const known = this.graph.nodes.get(id);
    if (!known) return "…";
    const { node, instruction: n } = known;
    if (!this.#inside.has(id) && !top) return this.#outer(id, least);
    const first = node.inputs[0];
    if (TRANSPARENT.has(n.op)) {
      const inner = first === undefined ? (node.attributes ?? "") : this.#print(first, depth, top ? 0 : least);
      // A kernel that only moves says so.
      return top ? `${first === undefined ? "fill" : n.op}(${inner})` : inner || n.op;
    }
    if (depth >= DEEPEST || this.#left <= 0) return "…";
    this.#left -= 5;
    const args = (level: number): string[] => this.#arguments(id, depth + 1, level);
    const infix = INFIX[n.op];
    if (infix) {
      const [symbol, level] = infix;
      // What is taken away, or divided by, is a thing of its own.
      const parts = this.#arguments(id, depth + 1, level, n.op === "subtract" || n.op === "divide" ? level + 1 : level);
      const text = parts.length === 1 && n.op === "multiply" && !node.attributes ? `${parts[0]}²` : parts.join(symbol);
      return level < least ? `(${text})` : text;
    }
    const compared = n.op === "compare" ? COMPARED[n.attributes.get("direction") ?? ""] : undefined;
    if (compared !== undefined) {
      const text = args(1).join(compared);
      return least > 0 ? `(${text})` : text;
    }
    if (n.op === "negate") return `−${args(3)[0] ?? ""}`;
    if (n.op === "reduce" || n.op === "reduce-window")
      return `${this.#reduction(n.name)}(${first === undefined ? "" : this.#print(first, depth + 1, 0)})`;
    const name = NAMES[n.op] ?? node.op.replace(/^.*\$/, "");
    const list = args(0).join(", ");
    return list ? `${name}(${list})` : name;
  }
  /** Operands in their order, constants in their places. */
  #arguments(id: NodeId, depth: number, level: number, next = level): string[] {
    const { node } = this.graph.nodes.get(id)!;
    const printed = node.inputs.map((i, at) => this.#print(i, depth, at ? next : level));
    const constants = (node.attributes ?? "")
      .split(", ")
      .filter((c) => c !== "")
      .map(shortNumber);
    return [...printed, ...constants];
  }
  #reduction(name: string): string {
    const n = this.graph.nodes.get(`h:${name}`)?.instruction;
    const root = n && this.module.computations.get(calledBy(n, "to_apply")[0] ?? "")?.root;
    return REDUCTIONS[root?.op ?? ""] ?? "reduce";
  }
  /** A value that comes from elsewhere: an argument by its name, another kernel's by its variable. */
  #outer(id: NodeId, least: number): string {
    const known = this.graph.nodes.get(id);
    if (!known) return "…";
    const { node, instruction: n } = known;
    if (node.name) return shortName(node.name);
    if (TRANSPARENT.has(n.op) && node.inputs[0] !== undefined) return this.#outer(node.inputs[0], least);
    if (n.op === "parameter") return "carry";
    const variable = this.#variable(id);
    // One of several that a statement makes has no name that tells it apart.
    if (variable?.includes(",")) return NAMES[n.op] ?? n.op;
    // A part of the same statement has no name of its own yet: what it is made of says more.
    if (variable !== null && variable === this.#own && !this.#expanded) {
      this.#expanded = true;
      const text = this.#print(id, DEEPEST - 1, least, true);
      this.#expanded = false;
      return text;
    }
    return variable === null ? (NAMES[n.op] ?? n.op) : `${this.#isBackward(id) ? "∂" : ""}${variable}`;
  }
  /** Of the backward pass: a derivative by the variable, not its value. */
  #isBackward(id: NodeId): boolean {
    return /transpose\(/.test(this.graph.nodes.get(id)?.node.scope ?? "");
  }
}
/** "params[0]['w']" as "w", "m.states[0][1]" as "states[0][1]"; of a module's parts the last two: "model.layers[0].first.weight" as "first.weight". */
export function shortName(name: string): string {
  const inner = /[.\]]\.?(\w+(?:\[\d+\])*\.\w+)$/.exec(name);
  if (inner) return inner[1]!;
  const m = /([\p{ID_Start}_][\p{ID_Continue}]*)['"]?\]?((?:\[\d+\])*)$/u.exec(name);
  return m ? `${m[1]}${m[2]}` : name;
}
const shortNumber = (text: string): string => {
  const n = Number(text);
  return Number.isFinite(n) && text.trim() !== "" ? String(Number(n.toPrecision(6))) : text;
};
