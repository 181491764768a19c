// From a node of the syntax tree to a site: what the function is called, where V8 will say that its `jit` stands, and its `@trace` tag.
import type { Node } from "web-tree-sitter";
import type { Site } from "../protocol.ts";
import { NNX, type Names, loadedModule } from "./imports.ts";
import type { Open } from "./walk.ts";

const LONGEST_NAME = 80;
const field = (n: Node | null | undefined, name: string): Node | null => n?.childForFieldName(name) ?? null;
const short = (text: string | undefined): string => (text && text.length <= LONGEST_NAME && !text.includes("\n") ? text : "<lambda>");

const isModule = (object: Node | null, n: Names): boolean =>
  object?.type === "identifier" ? n.namespaces.has(object.text) : loadedModule(object) === n.module;
function isJit(callee: Node | null, n: Names): boolean {
  if (!callee) return false;
  if (callee.type === "identifier") return n.direct.has(callee.text);
  if (callee.type !== "member_expression" || field(callee, "property")?.text !== "jit") return false;
  const object = field(callee, "object");
  // jl.nnx.jit is the jit of functions of modules.
  if (object?.type === "member_expression" && field(object, "property")?.text === NNX) return isModule(field(object, "object"), n);
  return isModule(object, n);
}
/** The nearest `@trace` in front of a node or of the statement around it. */
function traceTag(at: Open): string | null {
  for (let o: Open | null = at; o; o = o.parent) {
    if (o.tag !== null) {
      const from = o.tag.indexOf("@trace"),
        m = /@trace\s+([^\n*]+(?:\n\s*\*\s+[^@\n][^\n]*)*)/.exec(o.tag.slice(from, from + 4000));
      if (m)
        return m[1]!
          .replace(/\n\s*\*\s*/g, " ")
          .replace(/\*\/\s*$/, "")
          .trim();
    }
    if (/statement|declaration|method_definition|field_definition/.test(o.type) && o.parent?.type !== "export_statement") return null;
    // Arguments of a call are another place: a tag in front of the call is not theirs.
    if (o.type === "arguments" && o.parent?.parent?.type === "arguments") return null;
  }
  return null;
}
/** What the result is called where it is put. */
function nameOf(call: Open, fn: Node | null): string {
  const own = field(fn, "name")?.text;
  if (own) return short(own);
  let suffix = "";
  for (let o = call.parent, from = call; o; from = o, o = o.parent) {
    switch (o.type) {
      case "variable_declarator":
        return short(`${field(o.node, "name")?.text ?? "<lambda>"}${suffix}`);
      case "pair":
        return short(`${field(o.node, "key")?.text ?? "<lambda>"}${suffix}`);
      case "public_field_definition":
      case "field_definition":
        return short((field(o.node, "name") ?? field(o.node, "property"))?.text);
      case "assignment_expression":
        return short(`${field(o.node, "left")?.text ?? "<lambda>"}${suffix}`);
      case "required_parameter":
      case "optional_parameter":
        return short(field(o.node, "pattern")?.text);
      case "assignment_pattern":
        return short(field(o.node, "left")?.text);
      case "array":
        suffix = `[${from.index}]${suffix}`;
        continue;
      case "export_statement":
        return "default";
      default:
        if (!/statement|function|class|arguments/.test(o.type)) continue;
        // Inside another jit's arguments the name is that of the whole.
        if (o.type === "arguments" && o.parent) continue;
    }
    break;
  }
  return fn?.type === "identifier" || fn?.type === "member_expression" ? short(fn.text) : "<lambda>";
}
const rangeOf = (n: Node): Site["callee"] => ({
  line: n.startPosition.row,
  column: n.startPosition.column,
  endLine: n.endPosition.row,
  endColumn: n.endPosition.column,
});
const classAround = (at: Open): Open | null => {
  for (let o = at.parent; o; o = o.parent) if (/^(abstract_)?class(_declaration)?$/.test(o.type)) return o;
  return null;
};

/** The site of a call or of a decorated method, or null where a node is neither. */
export function siteOf(at: Open, names: Names): Site | null {
  const { node, parent } = at;
  if (!node) return null;
  if (at.type === "call_expression") return callSite(at, node, names);
  if (at.type === "decorator" && parent && !parent.decorator) {
    const inner = node.namedChild(0);
    if (!isJit(inner?.type === "call_expression" ? field(inner, "function") : inner, names)) return null;
    // The method stands behind its decorators, or holds them.
    if (parent.type === "method_definition" && parent.node) {
      parent.decorator = at;
      return decoratedSite(at, node, parent.node);
    }
    parent.decorator = at;
  }
  const decorator = at.type === "method_definition" ? parent?.decorator : null;
  if (!decorator?.node) return null;
  const site = decoratedSite(decorator, decorator.node, node);
  // The tag may stand between the decorator and the method.
  return site && { ...site, traceTag: site.traceTag ?? traceTag(at) };
}
function callSite(at: Open, node: Node, names: Names): Site | null {
  const callee = field(node, "function");
  if (at.parent?.type === "decorator") return null;
  // jit({ staticArgnums: 1 })(f): the second call makes the function.
  const curried = callee?.type === "call_expression" && isJit(field(callee, "function"), names) && isOptions(callee);
  if (!curried && (!isJit(callee, names) || (at.parent?.type === "call_expression" && at.field === "function" && isOptions(node)))) return null;
  const fn = field(node, "arguments")?.namedChildren.find((n) => n?.type !== "comment") ?? null;
  return {
    name: nameOf(at, fn),
    ...rangeOf(node),
    kind: "call",
    callee: rangeOf(callee!),
    within: null,
    inner: [],
    className: null,
    traceTag: traceTag(at),
  };
}
const isOptions = (call: Node): boolean => {
  const args = field(call, "arguments");
  return args?.namedChildCount === 1 && args.namedChild(0)?.type === "object";
};
function decoratedSite(at: Open, decorator: Node, method: Node): Site | null {
  const name = field(method, "name")?.text,
    cls = classAround(at);
  if (!name) return null;
  return {
    name: short(name),
    ...rangeOf(decorator),
    endLine: method.endPosition.row,
    endColumn: method.endPosition.column,
    kind: "decorator",
    callee: rangeOf(decorator),
    within: cls?.node ? rangeOf(cls.node) : null,
    inner: [],
    className: field(cls?.node, "name")?.text ?? null,
    traceTag: traceTag(at),
  };
}
