// What the names of the person's file are called in the compiled program: bundling joins files into one scope, and renames where two use one name. The
// file tells by a call at its end that does nothing, `__jitlensNames({ a: () => a })`, whose text is read after the bundler is done with it.
import { type AnyNode, type Program } from "acorn";
import { childrenOf } from "./walk.ts";

export const NAMES = "__jitlensNames",
  EVALUATE = "__jitlensEvaluate",
  SCOPE = "__jitlensScope";

/** What is written at the end of the person's file. */
export const namesCall = (names: readonly string[]): string => `\n;${NAMES}({ ${names.map((n) => `${n}: () => ${n}`).join(", ")} });`;

/** By the name in the file, the expression that is that variable in the program; null where the file is a function of its own there, whose names nobody reaches. */
export function aliasesOf(program: Program, code: string): ReadonlyMap<string, string> | null {
  const todo: { readonly node: AnyNode; readonly wrapped: boolean }[] = program.body.map((s) => ({ node: s as AnyNode, wrapped: false }));
  while (todo.length) {
    const { node, wrapped } = todo.pop()!;
    if (node.type === "CallExpression" && node.callee.type === "Identifier") {
      if (node.callee.name === NAMES) return wrapped ? null : read(node.arguments[0] as AnyNode, code);
      // Modules in a circle are run by a function, but declare their names outside of it; CommonJS modules do not.
      if (node.callee.name.startsWith("__commonJS")) for (const { child } of childrenOf(node)) todo.push({ node: child, wrapped: true });
      else for (const { child } of childrenOf(node)) todo.push({ node: child, wrapped });
      continue;
    }
    if (node.type === "FunctionDeclaration" || node.type === "ClassDeclaration") continue;
    for (const { child } of childrenOf(node)) todo.push({ node: child, wrapped });
  }
  return null;
}
function read(object: AnyNode | undefined, code: string): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>();
  if (object?.type !== "ObjectExpression") return aliases;
  for (const p of object.properties) {
    if (p.type !== "Property") continue;
    let value = p.value as AnyNode;
    if (value.type === "CallExpression") value = value.arguments[0] as AnyNode;
    if (value?.type !== "ArrowFunctionExpression") continue;
    const key = p.key as AnyNode;
    const name = key.type === "Identifier" ? key.name : key.type === "Literal" ? String(key.value) : null;
    if (name !== null) aliases.set(name, code.slice(value.body.start, value.body.end));
  }
  return aliases;
}
