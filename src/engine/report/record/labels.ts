// What a kernel computes, in the person's own words: "h1 = tanh(x·w + b)". The expression is read from the graph, the variable from the source line.
import type { PlannedKernel } from "../../compiler/plan/types.ts";
import type { Node } from "../../graph/graph.ts";
import { showNameStack } from "../../core/trace.ts";
import { uniqueNames } from "../names.ts";
import type { Frame } from "../types.ts";
import { isScalarConstant, showConstant } from "./levels.ts";

export interface LabelContext {
  /** Names of the inputs of all regions. */
  readonly parameterNames: ReadonlyMap<Node, string>;
  readonly frameOf: (n: Node) => Frame | undefined;
  readonly lineText: (f: Frame) => string | undefined;
}
const LONGEST = 64;
const DEEPEST = 5;

/** Labels of kernels, in order, all different. */
export function kernelLabels(kernels: readonly PlannedKernel[], c: LabelContext): string[] {
  return uniqueNames(
    kernels.map((k) => kernelLabel(k, c)),
    " #",
  );
}
function kernelLabel(k: PlannedKernel, c: LabelContext): string {
  const [output] = k.outputs;
  if (!output) return k.kernel.name;
  const expression = new Printer(k, c).top(output);
  if (/^[-\d.]+$/.test(expression)) return `fill(${expression})`;
  const variable = variableOf(output, c);
  // Of several names the derivative is of one, and the line does not say which.
  const by = variable && !/^[[{].*,/.test(variable) ? variable : "";
  const label = isBackward(output) ? `∂${by}: ${expression}` : variable ? `${variable} = ${expression}` : expression;
  return label.length > LONGEST ? `${label.slice(0, LONGEST - 1)}…` : label;
}
/** A value inside a kernel, in the person's words: its variable, else its expression. */
export function valueLabel(n: Node, k: PlannedKernel, c: LabelContext): string {
  const variable = variableOf(n, c);
  const label = (isBackward(n) ? "∂" : "") + (variable ?? new Printer(k, c).top(n));
  return label.length > LONGEST ? `${label.slice(0, LONGEST - 1)}…` : label;
}
/** Of the backward pass: a derivative by the variable, not its value. */
const isBackward = (n: Node): boolean => n.origin.some((e) => showNameStack(e.source.nameStack).includes("transpose("));
/** What a value is called wherever one names it: the person's variable, with ∂ where it is a derivative by it and not the variable's value. */
export function valueNameOf(n: Node, c: Pick<LabelContext, "frameOf" | "lineText">): string | null {
  const variable = variableOf(n, c);
  if (variable === null || !isBackward(n)) return variable;
  // Of several names the derivative is by one, and the line does not say which.
  return /^[[{].*,/.test(variable) ? null : `∂${variable}`;
}
function variableOf(n: Node, c: Pick<LabelContext, "frameOf" | "lineText">): string | null {
  const frame = c.frameOf(n);
  const text = frame && c.lineText(frame);
  return text === undefined || !frame ? null : assignedVariable(text, frame.column);
}
/** The variable that the statement at a column assigns to; null where there is none, or where it names a function. */
export function assignedVariable(line: string, column: number): string | null {
  const before = line.slice(0, Math.max(0, column - 1));
  const pattern =
    /(?:^|[;{()},]|\b(?:const|let|var)\s)\s*(?:(?:const|let|var)\s+)?([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*|\[[\w$, ]*\]|\{[\w$, ]*\})\s*(?::[^=;]*?)?=(?![=>])\s*/g;
  let found: string | null = null;
  for (const m of before.matchAll(pattern)) {
    const rest = line.slice(m.index + m[0].length);
    const between = before.slice(m.index + m[0].length);
    // A default value, an arrow function or a jit: the name is a function's, not the value's. Behind a semicolon another statement stands.
    const isFunction = /^(?:async\b|function\b|jit\b|@|\([^()]*\)\s*(?::[^=]*)?=>|[\w$]+\s*=>)/.test(rest) || /=>|;|\bfunction\b/.test(between);
    found = isFunction ? null : m[1]!.replace(/^[[{]\s*([\w$]+)\s*,?\s*[\]}]$/, "$1");
  }
  return found;
}

/** Whether the call at a column is all of what its line gives back: after `return` or an arrow, in no other call, and no part of a sum. */
export function isReturned(line: string, column: number): boolean {
  const at = Math.max(0, column - 1);
  const arrow = line.lastIndexOf("=>", at);
  const start = arrow >= 0 ? arrow + 2 : (/^\s*return\b/.exec(line)?.[0].length ?? -1);
  const callee = /^[\w$.]*\s*\(/.exec(line.slice(at));
  if (start < 0 || start > at || !callee) return false;
  const before = withoutBrackets(line.slice(start, at));
  const after = withoutBrackets(line.slice(at + callee[0].length - 1));
  return /^[\s\w$.]*$/.test(before) && /^\s*(?:[;)},\]]|$)/.test(after);
}
/** A text without what stands in brackets that it both opens and closes. */
function withoutBrackets(text: string): string {
  const next = text.replace(/\([^()[\]{}]*\)|\[[^()[\]{}]*\]|\{[^()[\]{}]*\}/g, "");
  return next === text ? text : withoutBrackets(next);
}
/** The value behind operations that say only where elements stand. */
function withoutMovement(n: Node): Node {
  let at = n;
  while (at.is("broadcast", "reshape", "convert", "get", "barrier") && at.inputs[0]) at = at.inputs[0];
  return at;
}

/** How tightly an operation binds, as in mathematics. */
const enum Level {
  Sum = 1,
  Product,
  Unary,
  Atom,
}
const INFIX: Readonly<Record<string, readonly [string, Level]>> = {
  add: [" + ", Level.Sum],
  sub: [" − ", Level.Sum],
  mul: ["*", Level.Product],
  div: [" / ", Level.Product],
  dot: ["·", Level.Product],
  and: [" & ", Level.Sum],
  or: [" | ", Level.Sum],
};
const COMPARISON: Readonly<Record<string, string>> = { eq: "==", ne: "≠", lt: "<", le: "≤", gt: ">", ge: "≥" };
const REDUCTION: Readonly<Record<string, string>> = { add: "sum", mul: "prod", max: "max", min: "min", and: "all", or: "any", xor: "xor" };
interface Text {
  readonly text: string;
  readonly level: Level;
}
const atom = (text: string): Text => ({ text, level: Level.Atom });

class Printer {
  readonly #inside: ReadonlySet<Node>;
  readonly #names: readonly string[];
  #left = LONGEST;
  constructor(
    k: PlannedKernel,
    readonly c: LabelContext,
  ) {
    this.#inside = new Set(k.nodes);
    this.#names = [...new Set(c.parameterNames.values())];
  }
  top(n: Node): string {
    return this.#print(n, 0, true).text;
  }
  #argument(n: Node, depth: number, least: Level): string {
    const t = this.#print(n, depth, false);
    return t.level < least ? `(${t.text})` : t.text;
  }
  #print(n: Node, depth: number, top: boolean): Text {
    if (isScalarConstant(n)) return atom(showConstant(n));
    if (!this.#inside.has(n) && !top) {
      const text = this.#outer(n);
      return { text, level: /[·*]| [+−/&|] /.test(text) ? Level.Sum : Level.Atom };
    }
    // Where elements stand does not matter here.
    if (
      n.is("broadcast", "reshape", "convert", "barrier", "slice", "reverse", "bitcast", "get", "reduce_precision", "dynamic_slice") &&
      n.inputs[0]
    ) {
      const inner = this.#print(n.inputs[0], depth, false);
      return n.is("slice", "reverse", "dynamic_slice") && inner.level === Level.Atom ? atom(`${inner.text}[…]`) : inner;
    }
    if (depth >= DEEPEST || this.#left <= 0) return atom("…");
    this.#left -= 5;
    const next = depth + 1;
    const list = (): string => n.inputs.map((i) => this.#argument(i, next, Level.Sum)).join(", ");
    const infix = INFIX[n.op];
    if (infix && n.inputs.length === 2) {
      const [symbol, level] = infix;
      if (n.is("mul") && n.inputs[0] === n.inputs[1]) return atom(`${this.#argument(n.inputs[0]!, next, Level.Atom)}²`);
      // The right side of a difference or quotient needs its brackets.
      const right = n.is("sub", "div") ? level + 1 : level;
      return { text: `${this.#argument(n.inputs[0]!, next, level)}${symbol}${this.#argument(n.inputs[1]!, next, right)}`, level };
    }
    if (n.is("neg")) return { text: `−${this.#argument(n.inputs[0]!, next, Level.Unary)}`, level: Level.Unary };
    if (n.is("transpose")) return atom(`${this.#argument(n.inputs[0]!, next, Level.Atom)}ᵀ`);
    if (n.is("compare"))
      return { text: n.inputs.map((i) => this.#argument(i, next, Level.Product)).join(` ${COMPARISON[n.attrs.direction]} `), level: Level.Sum };
    if (n.is("select")) return atom(`where(${list()})`);
    if (n.is("reduce")) return atom(`${REDUCTION[n.attrs.kind]}(${list()})`);
    if (n.is("arg_reduce")) return atom(`arg${n.attrs.kind}(${list()})`);
    if (n.is("library")) return atom(`${n.attrs.name}(${list()})`);
    if (n.is("constant")) return atom("constant");
    return atom(n.inputs.length ? `${n.op}(${list()})` : n.op);
  }
  /** A value that comes from elsewhere: an argument by its name, another kernel's by its variable. */
  #outer(n: Node): string {
    const at = withoutMovement(n);
    if (isScalarConstant(at)) return showConstant(at);
    if (at.is("dynamic_slice", "slice") && at.inputs[0]) return `${this.#outer(at.inputs[0])}[…]`;
    if (at.is("parameter")) return shortName(this.c.parameterNames.get(at), this.#names) ?? `in${at.attrs.index}`;
    if (at.is("constant")) return "constant";
    const variable = variableOf(at, this.c);
    const sign = isBackward(at) ? "∂" : "";
    if (variable) return `${sign}${variable}`;
    // What a function gives back has its name: "norm()·q".
    const func = this.c.frameOf(at)?.func ?? "";
    if (/^[A-Za-z_$][\w$]*$/.test(func) && this.#returns(at)) return `${sign}${func}()`;
    return sign ? at.op : (this.#plainProduct(at) ?? at.op);
  }
  /** Whether a value is what its line gives back, and not a part of it. */
  #returns(n: Node): boolean {
    const frame = this.c.frameOf(n);
    const line = frame && this.c.lineText(frame);
    return frame !== undefined && line !== undefined && isReturned(line, frame.column);
  }
  /** "x·w", of a value without a name that is made of two arguments or variables. */
  #plainProduct(n: Node): string | null {
    const infix = INFIX[n.op];
    if (!infix || n.inputs.length !== 2) return null;
    const operands = n.inputs.map((i) => {
      const at = withoutMovement(i);
      return at.is("parameter") || isScalarConstant(at) || variableOf(at, this.c) !== null ? this.#outer(at) : null;
    });
    return operands.includes(null) ? null : operands.join(infix[0]);
  }
}
/** "params.w" as "w", where no other argument ends so. */
function shortName(name: string | undefined, all: readonly string[]): string | undefined {
  const last = name === undefined ? undefined : /∂?[A-Za-z_$][\w$]*$/u.exec(name)?.[0];
  if (last === undefined) return name;
  return all.filter((n) => n === last || n.endsWith(`.${last}`)).length === 1 ? last : name;
}
