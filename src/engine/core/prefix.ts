// Trees beside a definition: the subtrees at its leaves, and prefixes spread over it.
import { StructureError } from "./errors.ts";
import { type Class, customs, flatten, type IsLeaf, type PathEntry, showPath, structure, type Tree, type TreeDef } from "./pytree.ts";

/** The subtrees of `tree` at the leaves of `def`; throws where the structures differ. */
export function leavesUpTo(def: TreeDef, tree: Tree, what = "the tree"): unknown[] {
  const out: unknown[] = [];
  const fail = (path: readonly PathEntry[], want: string, v: unknown): never => {
    throw new StructureError(
      `${what} has another structure than expected${path.length ? ` at ${showPath(path)}` : ""}: expected ${want}, got ${v === null || v === undefined ? "null" : structure(v).toString()}`,
    );
  };
  const walk = (d: TreeDef, v: unknown, path: readonly PathEntry[]): void => {
    if (d.kind === "leaf") {
      out.push(v);
      return;
    }
    if (d.kind === "none") {
      if (v !== null && v !== undefined) fail(path, "null", v);
      return;
    }
    if (d.kind === "tuple") {
      if (!Array.isArray(v) || v.length !== d.children.length) return fail(path, `an array of ${d.children.length}`, v);
      d.children.forEach((c, i) => walk(c, v[i], [...path, i]));
      return;
    }
    if (typeof v !== "object" || v === null) return fail(path, d.toString(), v);
    if (d.kind === "custom") {
      const node = customs.get(v.constructor as Class<unknown>);
      if (node !== d.custom) return fail(path, d.custom!.name, v);
      const { children } = node!.flatten(v);
      d.children.forEach((c, i) => walk(c, children[i], [...path, d.keys[i]!]));
      return;
    }
    const get = (k: PathEntry): unknown => (v instanceof Map ? v.get(k) : (v as Record<PathEntry, unknown>)[k]);
    const count = v instanceof Map ? v.size : Object.keys(v).length;
    if (count !== d.keys.length) return fail(path, `the keys ${d.keys.join(", ")}`, v);
    d.children.forEach((c, i) => {
      const k = d.keys[i]!;
      if (get(k) === undefined && c.kind !== "none") fail(path, `the key ${String(k)}`, v);
      walk(c, get(k), [...path, k]);
    });
  };
  walk(def, tree, []);
  return out;
}
/** Spreads a prefix tree (a number or null may stand for a whole subtree) over the leaves of `def`. */
export function broadcastPrefix(prefix: Tree, def: TreeDef, what: string, isLeaf: IsLeaf = (v) => v === null || typeof v === "number"): unknown[] {
  if (isLeaf(prefix)) return Array<unknown>(def.leafCount).fill(prefix);
  if (def.kind === "leaf") throw new StructureError(`${what}: got ${structure(prefix)} where one value stands; expected an integer or null`);
  const childOf = (k: PathEntry): unknown => (prefix instanceof Map ? prefix.get(k) : (prefix as Record<PathEntry, unknown>)[k]);
  if (def.kind === "tuple" && (!Array.isArray(prefix) || prefix.length !== def.children.length))
    throw new StructureError(
      `${what}: expected ${def.children.length} entries (one an argument, or a single integer for all of them), got ${Array.isArray(prefix) ? prefix.length : String(prefix)}`,
    );
  return def.children.flatMap((c, i) => broadcastPrefix(childOf(def.keys[i]!) ?? null, c, what, isLeaf));
}
/** Applies `fn` leaf by leaf to trees of one structure. The first tree decides the structure. */

export function mapTree(fn: (...leaves: never[]) => unknown, tree: Tree, ...rest: Tree[]): Tree {
  const [leaves, def] = flatten(tree);
  const others = rest.map((r, i) => leavesUpTo(def, r, `tree ${i + 2}`));
  return def.unflatten(leaves.map((l, i) => (fn as (...a: unknown[]) => unknown)(l, ...others.map((o) => o[i]))));
}
