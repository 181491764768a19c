// Bundles keep the names of functions by a call around each: inside functions, where the name is that of the variable anyway, the call is taken out.
// It would be made each time that the function around it runs, and costs more than most closures do. Blanks take its place, so that source maps hold.
import * as acorn from "acorn";

const isFunction = (n) => /^(Arrow)?Function(Expression|Declaration)|^ArrowFunction/.test(n.type);
const isNaming = (n) => n?.type === "CallExpression" && n.callee.name === "__name" && n.arguments.length === 2;
/** The text without the calls that say nothing new. */
export function withoutNeedlessNames(code) {
  const blanks = [];
  const blank = (from, to) => blanks.push([from, to]);
  const takeOut = (call, name) => {
    const [target, text] = call.arguments;
    if (text.value !== name) return;
    if (target.type !== "ArrowFunctionExpression" && !(target.type === "FunctionExpression" && !target.id)) return;
    blank(call.start, target.start);
    blank(target.end, call.end);
  };
  const visit = (node, depth) => {
    if (depth > 0) {
      if (node.type === "VariableDeclarator" && isNaming(node.init) && node.id.type === "Identifier") takeOut(node.init, node.id.name);
      if (node.type === "ExpressionStatement" && isNaming(node.expression)) {
        const [target, text] = node.expression.arguments;
        if (target.type === "Identifier" && target.name === text.value) blank(node.start, node.end);
      }
    }
    const inside = depth + (isFunction(node) ? 1 : 0);
    for (const key in node) {
      const value = node[key];
      if (Array.isArray(value)) for (const child of value) child?.type && visit(child, inside);
      else if (value?.type) visit(value, inside);
    }
  };
  visit(acorn.parse(code, { ecmaVersion: "latest", sourceType: "module" }), 0);
  blanks.sort((a, b) => a[0] - b[0]);
  let out = "";
  let at = 0;
  for (const [from, to] of blanks) {
    // Inside a call's parentheses a line could break where none may: what is taken out keeps its lines.
    out += code.slice(at, from) + code.slice(from, to).replace(/[^\n]/g, " ");
    at = to;
  }
  return out + code.slice(at);
}
