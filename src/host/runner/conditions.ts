// JavaScript has no hook for truth: an object is always true, so `if (x.gt(0))` would always take one side. The compiler of the user's file is ours, so
// it asks the engine wherever a condition may be an array: if, ?:, while, do, for, &&, ||, !, Boolean(). What is plainly no array costs nothing.
import { type AnyNode, type AssignmentExpression, type Expression, type Node, type Program, parse } from "acorn";
import type { Edit } from "./edits.ts";

/** Names in the compiled program: the engine's question, the operand that is asked about, the place that &&= and ||= write to, the note of a top-level await, and what notes a variable's value. */
export const TRUTH = "__jitlensTruth",
  OPERAND = "__jitlensOperand",
  PLACE = "__jitlensPlace",
  AWAITING = "__jitlensAwaiting",
  SEEN = "__jitlensSeen";

/** Expressions whose values are never arrays. `+` and its kin give numbers and strings. */
const PLAIN = new Set([
  "Literal",
  "TemplateLiteral",
  "ObjectExpression",
  "ArrayExpression",
  "FunctionExpression",
  "ArrowFunctionExpression",
  "ClassExpression",
  "UnaryExpression",
  "UpdateExpression",
  "BinaryExpression",
]);
const PLAIN_CALLS = new Set(["Boolean", "Number", "String", "isNaN", "parseInt", "parseFloat"]);
function mayBeArray(e: Expression): boolean {
  switch (e.type) {
    case "ParenthesizedExpression":
      return mayBeArray(e.expression);
    case "LogicalExpression":
      return mayBeArray(e.left) || mayBeArray(e.right);
    case "ConditionalExpression":
      return mayBeArray(e.consequent) || mayBeArray(e.alternate);
    case "SequenceExpression":
      return mayBeArray(e.expressions.at(-1)!);
    case "AssignmentExpression":
      return e.operator === "=" ? mayBeArray(e.right) : LOGICAL_ASSIGNMENT.has(e.operator);
    case "CallExpression":
      return !(e.callee.type === "Identifier" && PLAIN_CALLS.has(e.callee.name));
    default:
      return !PLAIN.has(e.type);
  }
}
const LOGICAL_ASSIGNMENT = new Set(["&&=", "||=", "??="]);

/** Collects edits so that those at one place come in the right order: what closes (inner first), what replaces, what opens (outer first). */
class EditList {
  readonly #list: { readonly edit: Edit; readonly rank: number; readonly order: number }[] = [];
  open(at: number, insert: string): void {
    this.#list.push({ edit: { at, remove: 0, insert }, rank: 2, order: this.#list.length });
  }
  close(at: number, insert: string): void {
    this.#list.push({ edit: { at, remove: 0, insert }, rank: 0, order: -this.#list.length });
  }
  replace(from: number, to: number, insert: string): void {
    this.#list.push({ edit: { at: from, remove: to - from, insert }, rank: 1, order: this.#list.length });
  }
  sorted(): Edit[] {
    return this.#list.sort((a, b) => a.edit.at - b.edit.at || a.rank - b.rank || a.order - b.order).map((x) => x.edit);
  }
}
export interface ProgramContext {
  /** Whether the code at an offset is the user's own: libraries keep JavaScript's rules. */
  readonly ours: (offset: number) => boolean;
  /** The file that the code at an offset comes from. */
  readonly fileAt: (offset: number) => { readonly path: string; readonly url: string } | null;
  /** A number under which the value of the variable at an offset is noted when its function runs; null where it is not. */
  readonly probe?: (offset: number, name: string) => number | null;
}
/** Throws a SyntaxError where acorn cannot read it. */
export const parseProgram = (text: string): Program =>
  parse(text, { ecmaVersion: "latest", sourceType: "module", preserveParens: true, allowHashBang: true });
/** The edits that a compiled program needs before it runs. */
export function programEdits(text: string, c: ProgramContext, program: Program = parseProgram(text)): Edit[] {
  const edits = new EditList();
  const declared = new Set<string>(),
    fileNames: { readonly node: Node; readonly name: string }[] = [];
  const ask = (e: Expression): void => {
    if (!mayBeArray(e)) return;
    // A comma would part the arguments of the question.
    const sequence = e.type === "SequenceExpression";
    edits.open(e.start, sequence ? `${TRUTH}((` : `${TRUTH}(`);
    edits.close(e.end, sequence ? "))" : ")");
  };
  const probes = (patterns: readonly Node[]): string[] =>
    patterns.flatMap(boundNames).flatMap(({ name, start }) => {
      const n = c.probe!(start, name);
      return n === null ? [] : [`${SEEN}(${n}, ${name})`];
    });
  const probeFunction = (params: readonly Node[], body: Node & { readonly type?: string }): void => {
    const calls = probes(params);
    if (!calls.length) return;
    if (body.type === "BlockStatement") edits.open(body.start + 1, ` ${calls.join("; ")};`);
    else {
      edits.open(body.start, `(${calls.join(", ")}, `);
      edits.close(body.end, ")");
    }
  };
  // a.b[k()] ||= v: the object and the key are evaluated once and kept until the assignment has read them, which is before v is evaluated.
  const askPlace = (node: AssignmentExpression): void => {
    const { left } = node;
    if (left.type !== "MemberExpression") return;
    const member = left.property.type === "PrivateIdentifier" ? `${PLACE}[0].#${left.property.name}` : `${PLACE}[0][${PLACE}[1]]`;
    edits.open(node.start, `((${PLACE} = [`);
    if (left.computed) {
      edits.replace(...operatorAt(text, left.object.end, "["), ", (");
      edits.close(left.end - 1, ")");
    } else edits.replace(left.object.end, left.end, left.property.type === "Identifier" ? `, ${JSON.stringify(left.property.name)}]` : "]");
    edits.close(left.end, `, ${TRUTH}(${OPERAND} = ${member})) ? ${node.operator === "&&=" ? "" : `${OPERAND} : `}(${member}`);
    edits.replace(...operatorAt(text, left.end, node.operator), "=");
    edits.close(node.end, node.operator === "&&=" ? `) : ${OPERAND})` : "))");
  };
  // Not recursive: programs that were generated nest deeper than a stack is. Parents come before their children.
  const todo: { node: AnyNode; top: boolean; plainName: boolean }[] = [{ node: program, top: true, plainName: false }];
  while (todo.length) {
    const { node, top, plainName } = todo.pop()!;
    visit(node, top, plainName);
    const inside = top && !/Function|PropertyDefinition|StaticBlock/.test(node.type),
      children: typeof todo = [];
    for (const [key, v] of Object.entries(node)) {
      // Names of properties and labels are no variables.
      const name = (key === "property" || key === "key" || key === "label") && !(node as { computed?: boolean }).computed;
      if (Array.isArray(v)) for (const x of v) if (isNode(x)) children.push({ node: x, top: inside, plainName: name });
      if (isNode(v)) children.push({ node: v, top: inside, plainName: name });
    }
    for (let child = children.pop(); child; child = children.pop()) todo.push(child);
  }
  for (const { node, name } of fileNames) {
    const file = declared.has(name) ? null : c.fileAt(node.start);
    if (file) edits.replace(node.start, node.end, JSON.stringify(name === "__filename" ? file.path : folderOf(file.path)));
  }
  return edits.sorted();

  function visit(node: AnyNode, top: boolean, plainName: boolean): void {
    if (c.probe) {
      if (node.type === "FunctionDeclaration" || node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression")
        probeFunction(node.params, node.body);
      else if (node.type === "BlockStatement")
        for (const s of node.body)
          if (s.type === "VariableDeclaration")
            edits.open(
              s.end,
              probes(s.declarations.map((d) => d.id))
                .map((call) => ` ${call};`)
                .join(""),
            );
    }
    switch (node.type) {
      case "IfStatement":
      case "WhileStatement":
      case "DoWhileStatement":
      case "ConditionalExpression":
        if (c.ours(node.start)) ask(node.test);
        break;
      case "SwitchStatement":
        // switch (true) compares each case with true: an array becomes its truth, anything else stays what it is.
        if (node.discriminant.type === "Literal" && typeof node.discriminant.value === "boolean" && c.ours(node.start))
          for (const { test } of node.cases) if (test) ask(test);
        break;
      case "ForStatement":
        if (node.test && c.ours(node.start)) ask(node.test);
        break;
      case "UnaryExpression":
        if (node.operator === "!" && c.ours(node.start)) ask(node.argument);
        break;
      case "CallExpression": {
        const [first] = node.arguments;
        if (
          node.callee.type === "Identifier" &&
          node.callee.name === "Boolean" &&
          node.arguments.length === 1 &&
          first &&
          first.type !== "SpreadElement"
        )
          if (c.ours(node.start)) ask(first);
        break;
      }
      case "LogicalExpression":
        if (node.operator === "??" || !mayBeArray(node.left) || !c.ours(node.start)) break;
        // a && b is a itself where a is false: the operand is kept until it has been asked about, and read at once.
        edits.open(node.start, `(${TRUTH}(${OPERAND} = `);
        edits.replace(...operatorAt(text, node.left.end, node.operator), node.operator === "&&" ? ") ?" : `) ? ${OPERAND} :`);
        edits.close(node.end, node.operator === "&&" ? ` : ${OPERAND})` : ")");
        break;
      case "AssignmentExpression": {
        if ((node.operator !== "&&=" && node.operator !== "||=") || !c.ours(node.start)) break;
        if (!isSimple(node.left)) {
          askPlace(node);
          break;
        }
        const left = text.slice(node.left.start, node.left.end).replace(/\s*\n\s*/g, " ");
        edits.open(node.start, node.operator === "&&=" ? `(${TRUTH}(${left}) ? ` : `(${TRUTH}(${left}) ? ${left} : `);
        edits.replace(...operatorAt(text, node.left.end, node.operator), "=");
        edits.close(node.end, node.operator === "&&=" ? ` : ${left})` : ")");
        break;
      }
      case "AwaitExpression":
        // Noted, so that one that never settles can be named.
        if (!top || !c.ours(node.start)) break;
        edits.open(node.start, `(${AWAITING}(${node.start}), `);
        edits.close(node.end, ")");
        break;
      case "MemberExpression":
        if (node.object.type === "MetaProperty" && node.property.type === "Identifier" && !node.computed) {
          const file = c.fileAt(node.start),
            value = file && { url: file.url, filename: file.path, dirname: folderOf(file.path) }[node.property.name];
          if (value) edits.replace(node.start, node.end, JSON.stringify(value));
        }
        break;
      case "Identifier":
        if (!plainName && (node.name === "__filename" || node.name === "__dirname")) fileNames.push({ node, name: node.name });
        break;
      case "VariableDeclarator":
      case "FunctionDeclaration":
        if (node.id?.type === "Identifier") declared.add(node.id.name);
        break;
      default:
    }
  }
}
/** The variables that a pattern declares. */
function boundNames(pattern: Node): { readonly name: string; readonly start: number }[] {
  const p = pattern as AnyNode;
  switch (p.type) {
    case "Identifier":
      return [{ name: p.name, start: p.start }];
    case "AssignmentPattern":
      return boundNames(p.left);
    case "RestElement":
      return boundNames(p.argument);
    case "ArrayPattern":
      return p.elements.flatMap((e) => (e ? boundNames(e) : []));
    case "ObjectPattern":
      return p.properties.flatMap((x) => boundNames(x.type === "RestElement" ? x.argument : x.value));
    default:
      return [];
  }
}
/** Whether a place can be named twice: a variable, or a member of one by a fixed name. */
const isSimple = (left: Node): boolean => {
  const n = left as AnyNode;
  return (
    n.type === "Identifier" || (n.type === "MemberExpression" && !n.computed && ["Identifier", "ThisExpression", "Super"].includes(n.object.type))
  );
};
const isNode = (v: unknown): v is AnyNode => typeof v === "object" && v !== null && typeof (v as { type?: unknown }).type === "string";
const folderOf = (path: string): string => path.replace(/[\\/][^\\/]*$/, "") || "/";
/** From where to where the operator stands behind its left operand: comments and brackets may lie between. */
function operatorAt(text: string, from: number, operator: string): [number, number] {
  for (let i = from; i < text.length;) {
    if (text.startsWith("//", i)) i = text.indexOf("\n", i) + 1;
    else if (text.startsWith("/*", i)) i = text.indexOf("*/", i) + 2;
    else if (text.startsWith(operator, i)) return [i, i + operator.length];
    else i++;
  }
  throw new SyntaxError(`the operator ${operator} is not where it was read`);
}
