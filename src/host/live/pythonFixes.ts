// Changes that may mend an error of a Python function, by what JAX says of it. They are only candidates: the bridge traces the function with each, and those
// with which it can be traced are offered.
import type { Node, Tree } from "web-tree-sitter";
import type { FixParams, LiveFix, Range, Site } from "../protocol.ts";
import { type Point, expressionAt } from "./expression.ts";
import { alignments, branchesOf, numbers, replaced, resized } from "./fixShapes.ts";
import { type JaxNames, jaxNames } from "./pythonNames.ts";

interface Asked {
  readonly tree: Tree;
  readonly name: string;
  readonly message: string;
  readonly node: Node;
  readonly names: JaxNames;
  /** The jit function that the error is in. */
  readonly site: Site | null;
}
/** @param range the part of the text that the error is about, where Python knows it; else it is found by the place alone */
export function pythonCandidates(tree: Tree, p: Pick<FixParams, "name" | "message">, at: Point, range: Range | null, site: Site | null): LiveFix[] {
  const node = (range && nodeOf(tree, range)) ?? expressionAt(tree, at);
  if (!node) return [];
  const asked: Asked = { tree, ...p, node, names: jaxNames(tree), site };
  return RULES.flatMap(([says, fixes]) => (says.test(`${p.name}: ${p.message}`) ? fixes(asked) : []));
}
const RULES: readonly (readonly [says: RegExp, fixes: (a: Asked) => LiveFix[]])[] = [
  [/contracting dimensions to have the same shape|Size of label/, transposes],
  [/cannot reshape array of shape/, reshapes],
  [/[Ii]ncompatible shapes for broadcasting/, broadcasts],
  [/axis -?\d+ is out of bounds for array of dimension/, axes],
  [/unexpected keyword argument/, options],
  [/immutable and do not support in-place/, updates],
  [/requires arguments to have (?:the same|equal) dtypes/, casts],
  [/^TracerArrayConversionError/, numpyCalls],
  [/^TracerBoolConversionError/, choices],
  [/^ConcretizationTypeError/, conversions],
  [/^NonConcreteBooleanIndexError/, masks],
  [/^(?:Tracer\w+|Concretization\w+)Error|static integers|concrete values of integer type/, statics],
];
function nodeOf(tree: Tree, r: Range): Node | null {
  const from = { row: r.line, column: r.column };
  return tree.rootNode.descendantForPosition(from, { row: r.endLine, column: r.endColumn });
}
const inner = (n: Node | null | undefined): Node[] => n?.namedChildren.filter((x): x is Node => x !== null && x.type !== "comment") ?? [];
const field = (n: Node, name: string): Node | null => n.childForFieldName(name);
const SIMPLE = new Set(["identifier", "attribute", "call", "subscript", "parenthesized_expression"]);
const member = (n: Node, rest: string): string => (SIMPLE.has(n.type) ? `${n.text}${rest}` : `(${n.text})${rest}`);
const use = (n: Node, after: string, text: string, before = n.text): LiveFix => ({ kind: "use", before, after, edits: [replaced(n, text)] });
/** The nearest node of some kinds around an expression, within its statement. */
function around(n: Node, ...types: readonly string[]): Node | null {
  for (let x: Node | null = n; x && !/^(?:block|module|function_definition)$/.test(x.type); x = x.parent) if (types.includes(x.type)) return x;
  return null;
}
/** What is computed with: both sides of an operator, the first two arguments of a function, an array and its method's argument. */
function operands({ node, names }: Asked): readonly Node[] {
  const own = around(node, "binary_operator", "call") ?? node;
  if (own.type === "binary_operator") return [field(own, "left"), field(own, "right")].filter((n) => n !== null);
  const args = inner(field(own, "arguments")).filter((n) => n.type !== "keyword_argument" && n.type !== "string");
  const callee = own.type === "call" ? field(own, "function") : null;
  const object = callee?.type === "attribute" ? field(callee, "object") : null;
  return object && !names.modules.has(object.text) ? [object, ...args].slice(0, 2) : args.slice(0, 2);
}
function transposes(a: Asked): LiveFix[] {
  return operands(a).map((n): LiveFix => {
    const after = n.type === "attribute" && n.text.endsWith(".T") ? n.text.slice(0, -2) : member(n, ".T");
    return { kind: "transpose", before: n.text, after, edits: [replaced(n, after)] };
  });
}
function reshapes({ node, message }: Asked): LiveFix[] {
  const m = /\(size (\d+)\) into shape \(([\d, -]*)\)/.exec(message);
  const call = around(node, "call");
  if (!m || !call) return [];
  const shape = numbers(m[2]!);
  const args = inner(field(call, "arguments"));
  const literal = args.map((n) => field(n, "value") ?? n).find((n) => n.type === "tuple" || n.type === "list");
  const written = literal ? inner(literal) : args.filter((n) => n.type === "integer" || n.type === "unary_operator");
  if (written.length !== shape.length) return [];
  const named = (all: readonly string[]): string => `(${all.join(", ")})`;
  return resized(shape, Number(m[1])).flatMap(([i, size]): LiveFix[] => {
    if (!/^-?\d+$/.test(written[i]!.text)) return [];
    const texts = written.map((n) => n.text);
    return [{ kind: "reshape", before: named(texts), after: named(texts.with(i, String(size))), edits: [replaced(written[i]!, String(size))] }];
  });
}
/** `x[:, None]` for each way in which axes of size 1 make the shapes fit. */
function broadcasts(a: Asked): LiveFix[] {
  const shapes = [...a.message.matchAll(/\(([\d, ]*)\)/g)].map((m) => numbers(m[1]!.replace(/,\s*$/, "")));
  const nodes = operands(a);
  if (shapes.length !== 2 || nodes.length !== 2) return [];
  return nodes.flatMap((n, i) => {
    const [own, other] = [shapes[i]!, shapes[1 - i]!];
    if (!own.length || own.length >= other.length) return [];
    return alignments(own, other).map((shape): LiveFix => {
      let at = 0;
      const index = shape.map((size) => (at < own.length && own[at] === size ? (at++, ":") : "None"));
      // What broadcasting puts in front by itself is left out.
      while (index[0] === "None") index.shift();
      const after = member(n, `[${index.join(", ")}]`);
      return { kind: "reshape", before: n.text, after, edits: [replaced(n, after)] };
    });
  });
}
function axes({ node, message }: Asked): LiveFix[] {
  const m = /axis (-?\d+) is out of bounds for array of dimension (\d+)/.exec(message);
  const call = around(node, "call");
  if (!m || !call || Number(m[2]) === 0) return [];
  const found = call.descendantsOfType(["integer", "unary_operator"]).find((n) => n?.text.replace(/\s/g, "") === m[1]);
  if (!found) return [];
  const last = String(Number(m[2]) - 1);
  return [{ kind: "axis", before: m[1]!, after: last, edits: [replaced(found, Number(m[1]) < 0 ? "-1" : last)] }];
}
/** Options by the names that NumPy and JAX have for them. */
const OPTIONS: Readonly<Record<string, string>> = { dim: "axis", axes: "axis", keepdim: "keepdims", keep_dims: "keepdims" };
function options({ node, message }: Asked): LiveFix[] {
  const before = /argument '(\w+)'/.exec(message)?.[1] ?? "";
  const after = OPTIONS[before];
  const found = inner(field(around(node, "call") ?? node, "arguments")).find(
    (n) => n.type === "keyword_argument" && field(n, "name")?.text === before,
  );
  return found && after !== undefined ? [{ kind: "option", before, after, edits: [replaced(field(found, "name")!, after)] }] : [];
}
const UPDATES: Readonly<Record<string, string>> = { "=": "set", "+=": "add", "*=": "multiply", "/=": "divide", "**=": "power" };
/** `x[i] = v` becomes `x = x.at[i].set(v)`. */
function updates({ node }: Asked): LiveFix[] {
  const statement = around(node, "assignment", "augmented_assignment");
  const [left, right] = statement ? [field(statement, "left"), field(statement, "right")] : [];
  const object = left?.type === "subscript" ? field(left, "value") : null;
  if (!statement || !left || !right || object?.type !== "identifier") return [];
  const operator = field(statement, "operator")?.text ?? "=";
  const [method, value] = operator === "-=" ? ["add", `-(${right.text})`] : [UPDATES[operator], right.text];
  if (method === undefined) return [];
  const at = `${object.text}.at${left.text.slice(object.text.length)}.${method}`;
  return [use(statement, at, `${object.text} = ${at}(${value})`)];
}
/** The integer one of two operands takes the other one's type. */
function casts(a: Asked): LiveFix[] {
  const types = /got ([\w]+), ([\w]+)/.exec(a.message)?.slice(1) ?? [];
  const nodes = operands(a);
  if (nodes.length !== 2) return [];
  return [0, 1].flatMap((i) =>
    /^(?:u?int|bool)/.test(types[i] ?? "")
      ? [use(nodes[i]!, member(nodes[i]!, ".astype"), member(nodes[i]!, `.astype(${member(nodes[1 - i]!, ".dtype")})`))]
      : [],
  );
}
/** `np.sin(x)` becomes `jnp.sin(x)`. */
function numpyCalls({ node, names }: Asked): LiveFix[] {
  const call = around(node, "call");
  const callee = call && field(call, "function");
  const object = callee?.type === "attribute" ? field(callee, "object") : null;
  if (!callee || !object || !names.numpy.has(object.text) || names.jnp === null) return [];
  return [use(object, `${names.jnp}${callee.text.slice(object.text.length)}`, names.jnp, callee.text)];
}
/** What Python decides by an array's truth. */
function choices(a: Asked): LiveFix[] {
  const { node, names } = a;
  const out: LiveFix[] = [];
  const { jnp, lax } = names;
  const ternary = around(node, "conditional_expression");
  const [yes, test, no] = inner(ternary);
  if (ternary && yes && test && no && jnp !== null) {
    const text = `${jnp}.where(${test.text}, ${yes.text}, ${no.text})`;
    out.push({ kind: "where", before: "if", after: `${jnp}.where`, edits: [replaced(ternary, text)] });
  }
  const branch = around(node, "if_statement");
  const both = branch && !ternary ? branchesOf(branch) : null;
  if (both && lax !== null) {
    const text = `return ${lax}.cond(${both.test}, lambda: ${both.yes}, lambda: ${both.no})`;
    out.push({ kind: "cond", before: "if", after: `${lax}.cond`, edits: [{ range: both.range, text }] });
  }
  const logic = around(node, "boolean_operator", "not_operator", "comparison_operator");
  if (logic && jnp !== null) out.push(...logical(logic, jnp));
  const call = around(node, "call");
  const callee = call && field(call, "function");
  if (callee && /^(?:max|min)$/.test(callee.text) && inner(field(call, "arguments")).length === 2 && jnp !== null) {
    const after = `${jnp}.${callee.text}imum`;
    out.push({ kind: "maximum", before: callee.text, after, edits: [replaced(callee, after)] });
  }
  return out;
}
function logical(n: Node, jnp: string): LiveFix[] {
  if (n.type === "not_operator") {
    const what = inner(n)[0];
    return what ? [use(n, `${jnp}.logical_not`, `${jnp}.logical_not(${what.text})`, "not")] : [];
  }
  const parts = inner(n);
  if (n.type === "comparison_operator") {
    // `0 < x < 1` asks for the truth of its first half.
    const [a, b, c, ...rest] = parts;
    if (!a || !b || !c || rest.length) return [];
    const text = n.text;
    const first = text.slice(0, b.endIndex - n.startIndex);
    return [use(n, "&", `(${first}) & (${text.slice(b.startIndex - n.startIndex)})`)];
  }
  const [left, right] = [field(n, "left"), field(n, "right")];
  const after = `${jnp}.logical_${field(n, "operator")?.text ?? "and"}`;
  return left && right ? [use(n, after, `${after}(${left.text}, ${right.text})`, field(n, "operator")?.text)] : [];
}
/** `float(x)` becomes `x.astype(float)`. */
function conversions({ node }: Asked): LiveFix[] {
  const call = around(node, "call");
  const callee = call && field(call, "function");
  const [x, ...rest] = inner(call && field(call, "arguments"));
  if (!call || !callee || !x || rest.length || !/^(?:float|int|bool|complex)$/.test(callee.text)) return [];
  const after = member(x, `.astype(${callee.text})`);
  return [use(call, after, after)];
}
/** `x[mask].sum()` becomes `x.sum(where=mask)`: the same value. */
function masks({ node, names }: Asked): LiveFix[] {
  const taken = around(node, "subscript");
  const [x, mask] = taken ? [field(taken, "value"), field(taken, "subscript")] : [];
  const attribute = taken?.parent?.type === "attribute" ? taken.parent : null;
  const list = taken?.parent?.type === "argument_list" ? taken.parent : null;
  const call = (attribute ?? list)?.parent;
  const callee = call?.type === "call" ? field(call, "function") : null;
  if (!x || !mask || !taken || !callee || !call) return [];
  const method = /(?:^|\.)(sum|mean|prod|any|all)$/.exec(callee.text)?.[1];
  const args = inner(field(call, "arguments"));
  if (method === undefined) return [];
  if (attribute && !args.length) return [use(call, `where=${mask.text}`, `${x.text}.${method}(where=${mask.text})`)];
  const isOfJnp = list !== null && args.length === 1 && callee.text === `${names.jnp ?? ""}.${method}`;
  return isOfJnp ? [use(call, `where=${mask.text}`, `${callee.text}(${x.text}, where=${mask.text})`)] : [];
}
/** An argument that is needed as it is becomes part of the program. */
function statics({ tree, node, message, site }: Asked): LiveFix[] {
  if (!site) return [];
  const said = /depends on the arguments? ([\w, ]+?)\.?$/.exec(message)?.[1]?.split(/,\s*|\s+and\s+/) ?? [];
  const mentioned = node.type === "identifier" ? [node.text] : node.descendantsOfType("identifier").flatMap((n) => n?.text ?? []);
  const parameters = parametersOf(tree, site);
  const place = jitOf(tree, site);
  if (!place) return [];
  return [...new Set([...said, ...mentioned])].filter((x) => parameters.has(x)).flatMap((x) => place(x));
}
function parametersOf(tree: Tree, site: Site): ReadonlySet<string> {
  const name = site.kind === "decorator" ? site.name : site.target;
  const found = tree.rootNode
    .descendantsOfType("function_definition")
    .find((n) => n !== null && field(n, "name")?.text === name && (site.kind === "call" || n.startPosition.row >= site.line));
  return new Set(
    inner(found && field(found, "parameters")).flatMap((n) =>
      n.type === "identifier" ? n.text : (field(n, "name")?.text ?? inner(n)[0]?.text ?? []),
    ),
  );
}
/** How an argument is made static where the function is compiled; null where it is not seen how. */
function jitOf(tree: Tree, site: Site): ((name: string) => LiveFix[]) | null {
  const fix = (name: string, edit: LiveFix["edits"][number]): LiveFix => ({
    kind: "static",
    before: name,
    after: `static_argnames="${name}"`,
    edits: [edit],
  });
  let jit = nodeOf(tree, site.callee);
  while (jit && jit.type !== (site.kind === "call" ? "call" : "decorator")) jit = jit.parent;
  const made = site.kind === "call" ? jit : inner(jit)[0];
  if (!made) return null;
  const args = made.type === "call" ? field(made, "arguments") : null;
  if (!args) {
    // A bare decorator: as newer versions of JAX write it, else with functools.partial, where the file has it.
    const { partial } = jaxNames(tree);
    return (name) => [
      fix(name, replaced(made, `${made.text}(static_argnames="${name}")`)),
      ...(partial === null ? [] : [fix(name, replaced(made, `${partial}(${made.text}, static_argnames="${name}")`))]),
    ];
  }
  const known = inner(args).find((n) => n.type === "keyword_argument" && /^static_arg/.test(field(n, "name")?.text ?? ""));
  const value = known && field(known, "value");
  if (value)
    return value.type === "string" && field(known, "name")?.text === "static_argnames"
      ? (name) => [fix(name, replaced(value, `(${value.text}, "${name}")`))]
      : null;
  const last = inner(args).at(-1);
  const end = last?.endPosition ?? { row: args.endPosition.row, column: args.endPosition.column - 1 };
  const range: Range = { line: end.row, column: end.column, endLine: end.row, endColumn: end.column };
  return (name) => [fix(name, { range, text: `${last ? ", " : ""}static_argnames="${name}"` })];
}
