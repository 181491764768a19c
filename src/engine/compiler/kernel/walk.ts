// Walks over statements and expressions. Expressions may be nested ten thousand deep, so nothing here recurses into them.
import { type Expr, type Stmt, childrenOf, indexValues } from "./ir.ts";

/** Calls `visit` once for every expression under the roots, operands before what uses them. `enter` may leave expressions out. */
export function postOrder(roots: Iterable<Expr>, visit: (e: Expr) => void, enter: (e: Expr) => boolean = () => true): void {
  const seen = new Set<Expr>();
  const stack: { e: Expr; operands: readonly Expr[]; next: number }[] = [];
  const push = (e: Expr): void => {
    if (seen.has(e) || !enter(e)) return;
    seen.add(e);
    stack.push({ e, operands: childrenOf(e), next: 0 });
  };
  for (const root of roots) {
    push(root);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const next = top.operands[top.next++];
      if (next) push(next);
      else {
        stack.pop();
        visit(top.e);
      }
    }
  }
}
/** The expressions that a statement reads itself, its body apart. */
export function readBy(s: Stmt): readonly Expr[] {
  switch (s.kind) {
    case "store":
      return [...indexValues(s.index), s.value];
    case "set":
    case "reduce":
      return [s.value];
    case "fold":
      return [...s.values, ...s.joined, ...s.identity];
    case "if":
      return [s.cond];
    case "tile":
      return [...indexValues(s.aIndex), ...indexValues(s.bIndex), ...indexValues(s.outIndex)];
    case "loop":
    case "copy":
      return [];
  }
}
/** Every statement, those inside loops and branches too. */
export function* statements(body: readonly Stmt[]): Generator<Stmt> {
  for (const s of body) {
    yield s;
    if (s.kind === "loop" || s.kind === "if") yield* statements(s.body);
  }
}
/** The expressions that statements read, at any depth of loops. */
export function* roots(body: readonly Stmt[]): Generator<Expr> {
  for (const s of statements(body)) yield* readBy(s);
}
