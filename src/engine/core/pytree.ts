// Pytrees: nested containers of arrays. Flattening gives the leaves and a definition that builds the container again.
import { StructureError } from "./errors.ts";
import { Value } from "./value.ts";

export type Tree = unknown;
type NodeKind = "leaf" | "none" | "tuple" | "dict" | "map" | "custom";

/** One step of a path into a pytree: a key or an index. */
export type PathEntry = string | number;
export const showPath = (path: readonly PathEntry[]): string =>
  path.map((p) => (typeof p === "number" ? `[${p}]` : /^[A-Za-z_$][\w$]*$/.test(p) ? `.${p}` : `[${JSON.stringify(p)}]`)).join("");

/** The shape of a container, without its leaves. Equal definitions print equally. */
export class TreeDef {
  #text: string | null = null;
  readonly leafCount: number;
  constructor(
    readonly kind: NodeKind,
    readonly keys: readonly PathEntry[],
    readonly children: readonly TreeDef[],
    readonly custom: CustomNode | null = null,
    readonly aux: unknown = null,
    readonly arrayClass: "array" | null = null,
  ) {
    this.leafCount = kind === "leaf" ? 1 : children.reduce((n, c) => n + c.leafCount, 0);
  }
  /** The inner text of JAX's PyTreeDef: `{'a': *, 'b': (*, *)}`. */
  inner(): string {
    if (this.#text !== null) return this.#text;
    const kids = this.children.map((c) => c.inner());
    switch (this.kind) {
      case "leaf":
        return (this.#text = "*");
      case "none":
        return (this.#text = "None");
      case "tuple":
        return (this.#text = `(${kids.join(", ")}${kids.length === 1 ? "," : ""})`);
      case "dict":
        return (this.#text = `{${kids.map((k, i) => `'${String(this.keys[i])}': ${k}`).join(", ")}}`);
      case "map":
        return (this.#text = `Map{${kids.map((k, i) => `${typeof this.keys[i] === "number" ? this.keys[i] : `'${this.keys[i]}'`}: ${k}`).join(", ")}}`);
      case "custom":
        return (this.#text = `CustomNode(${this.custom!.name}#${this.custom!.id}[${auxText(this.aux)}], [${kids.join(", ")}])`);
    }
  }
  toString(): string {
    return `PyTreeDef(${this.inner()})`;
  }
  equals(other: TreeDef): boolean {
    return this.inner() === other.inner();
  }
  #collect: Collector | null = null;
  /** Whether a tree has exactly this structure; its leaves are then appended to `leaves`. What a cached call asks, without building a definition. */
  collect(tree: Tree, leaves: unknown[]): boolean {
    return (this.#collect ??= collectorOf(this))(tree, leaves);
  }
  unflatten(leaves: readonly unknown[]): Tree {
    let at = 0;
    const build = (d: TreeDef): Tree => {
      switch (d.kind) {
        case "leaf":
          return leaves[at++];
        case "none":
          return null;
        case "tuple":
          return d.children.map(build);
        case "dict": {
          const o: Record<PathEntry, unknown> = {};
          for (let i = 0; i < d.keys.length; i++) setKey(o, d.keys[i]!, build(d.children[i]!));
          return o;
        }
        case "map":
          return new Map(d.children.map((c, i) => [d.keys[i], build(c)]));
        case "custom":
          return d.custom!.unflatten(d.aux, d.children.map(build));
      }
    };
    return build(this);
  }
  /** Paths of the leaves, in order. */
  paths(): PathEntry[][] {
    if (this.kind === "leaf") return [[]];
    return this.children.flatMap((c, i) => c.paths().map((p) => [this.keys[i]!, ...p]));
  }
}
/** As a literal's key would: "__proto__" is a key like any other. */
function setKey(o: Record<PathEntry, unknown>, key: PathEntry, value: unknown): void {
  if (key === "__proto__") Object.defineProperty(o, key, { value, enumerable: true, configurable: true, writable: true });
  else o[key] = value;
}
type Collector = (tree: Tree, leaves: unknown[]) => boolean;
/** One closure a node: checks the container and goes into its children, in the order of the definition. */
function collectorOf(d: TreeDef): Collector {
  const children = d.children.map(collectorOf),
    n = children.length;
  switch (d.kind) {
    case "leaf":
      return (v, leaves) => {
        if (!(v instanceof Value) && !isLeafValue(v)) return false;
        leaves.push(v);
        return true;
      };
    case "none":
      return (v) => v === null || v === undefined;
    case "tuple":
      return (v, leaves) => {
        if (!Array.isArray(v) || v.length !== n) return false;
        for (let i = 0; i < n; i++) if (!children[i]!(v[i], leaves)) return false;
        return true;
      };
    case "map":
      return (v, leaves) => {
        if (!(v instanceof Map) || v.size !== n) return false;
        for (let i = 0; i < n; i++) if (!v.has(d.keys[i]!) || !children[i]!(v.get(d.keys[i]!), leaves)) return false;
        return true;
      };
    case "dict":
      return dictCollector(d.keys as readonly string[], children);
    case "custom":
      return (v, leaves) => {
        const node = typeof v === "object" && v !== null ? customs.get(v.constructor as Class<unknown>) : undefined;
        if (!node || node !== d.custom) return false;
        const f = node.flatten(v);
        if (f.children.length !== n || auxText(f.aux) !== auxText(d.aux)) return false;
        for (let i = 0; i < n; i++) if (!children[i]!(f.children[i], leaves)) return false;
        return true;
      };
  }
}
/** Objects are read by their keys and values in the order they were made in, which the engine of the language serves fastest. */
function dictCollector(sorted: readonly string[], children: readonly Collector[]): Collector {
  const n = sorted.length;
  /** The order of the keys in the last object, and for each child where its key stands there. */
  let order: readonly string[] = sorted;
  let places = sorted.map((_k, i) => i);
  return (v, leaves) => {
    if (typeof v !== "object" || v === null || v instanceof Value || Array.isArray(v) || !isPlainObject(v)) return false;
    const keys = Object.keys(v);
    if (keys.length !== n) return false;
    for (let i = 0; i < n; i++)
      if (keys[i] !== order[i]) {
        const moved = sorted.map((k) => keys.indexOf(k));
        if (moved.includes(-1)) return false;
        order = keys;
        places = moved;
        break;
      }
    const values = Object.values(v) as unknown[],
      at = places;
    for (let i = 0; i < n; i++) if (!children[i]!(values[at[i]!], leaves)) return false;
    return true;
  };
}
const auxIds = new WeakMap<object, number>();
let nextAux = 0;
function auxText(aux: unknown): string {
  if (typeof aux === "function") {
    if (!auxIds.has(aux)) auxIds.set(aux, nextAux++);
    return `fn${auxIds.get(aux)}`;
  }
  if (Array.isArray(aux)) return aux.map(auxText).join(",");
  return typeof aux === "object" && aux !== null ? JSON.stringify(aux) : String(aux);
}
export const LEAF = new TreeDef("leaf", [], []);
const NONE = new TreeDef("none", [], []);
/** The structure of an array of trees of these structures. */
export const tupleOf = (...children: TreeDef[]): TreeDef =>
  new TreeDef(
    "tuple",
    children.map((_c, i) => i),
    children,
  );

interface CustomNode {
  readonly name: string;
  readonly id: number;
  flatten(v: unknown): { children: readonly unknown[]; aux: unknown; keys?: readonly PathEntry[] };
  unflatten(aux: unknown, children: readonly unknown[]): unknown;
}
export type Class<T> = abstract new (...args: never[]) => T;
export const customs = new Map<Class<unknown>, CustomNode>();

/** Makes a class a pytree node. `flatten` gives `[children, aux]`; `unflatten(aux, children)` builds it again.
 * @example class Pair { constructor(readonly a: number, readonly b: number) {} } tree.registerPytreeNode(Pair, (p) => [[p.a, p.b], null], (_aux,
 * [a, b]) => new Pair(a as number, b as number)); tree.leaves(new Pair(1, 2)) // [1, 2] */
export function registerPytreeNode<T>(
  cls: Class<T>,
  flatten: (v: T) => readonly [readonly unknown[], unknown],
  unflatten: (aux: unknown, children: readonly unknown[]) => T,
): void {
  if (customs.has(cls)) throw new StructureError(`registerPytreeNode: ${cls.name} is registered already`);
  customs.set(cls, {
    name: cls.name,
    id: customs.size,
    unflatten,
    flatten(v) {
      const [children, aux] = flatten(v as T);
      return { children, aux };
    },
  });
}
interface PytreeClass<T> {
  treeUnflatten(aux: unknown, children: readonly unknown[]): T;
}
/** For classes with `treeFlatten()` and static `treeUnflatten(aux, children)`. Usable as a decorator.
 * @example class Two { constructor(readonly a: unknown, readonly b: unknown) {} treeFlatten() { return [[this.a, this.b], null] as const;
 * } static treeUnflatten(_aux: unknown, [a, b]: readonly unknown[]) { return new Two(a, b); } } tree.registerPytreeNodeClass(Two); tree.leaves(new Two(1, 2))
 * // [1, 2] */
export function registerPytreeNodeClass<T extends { treeFlatten(): readonly [readonly unknown[], unknown] }, C extends Class<T> & PytreeClass<T>>(
  cls: C,
): C {
  registerPytreeNode<T>(
    cls,
    (v) => v.treeFlatten(),
    (aux, children) => cls.treeUnflatten(aux, children),
  );
  return cls;
}
/** Makes a plain class a pytree node: `dataFields` are children, `metaFields` part of the definition.
 * @example class Point { x = 1; y = 2; } tree.registerDataclass(Point); tree.leaves(new Point()) // [1, 2] */
export function registerDataclass<T extends object>(cls: Class<T>, dataFields?: readonly string[], metaFields: readonly string[] = []): Class<T> {
  if (customs.has(cls)) throw new StructureError(`registerDataclass: ${cls.name} is registered already`);
  const fieldsOf = (v: object): readonly string[] => dataFields ?? Object.keys(v).filter((k) => !metaFields.includes(k));
  customs.set(cls, {
    name: cls.name,
    id: customs.size,
    flatten: (v) => {
      const fields = fieldsOf(v as object),
        at = (k: string): unknown => (v as Record<string, unknown>)[k];
      return { children: fields.map(at), aux: [fields, metaFields.map(at)], keys: fields };
    },
    unflatten: (aux, children) => {
      const [fields, meta] = aux as [string[], unknown[]],
        object = Object.create(cls.prototype as object) as Record<string, unknown>;
      fields.forEach((k, i) => (object[k] = children[i]));
      metaFields.forEach((k, i) => (object[k] = meta[i]));
      return object;
    },
  });
  return cls;
}

const isPlainObject = (v: object): boolean => {
  const p = Object.getPrototypeOf(v) as object | null;
  return p === Object.prototype || p === null;
};
/** What `flatten` takes as a leaf, besides arrays. */
const isLeafValue = (v: unknown): boolean => {
  if (typeof v !== "object") return v !== undefined;
  if (v === null || Array.isArray(v) || v instanceof Map) return false;
  return ArrayBuffer.isView(v) || (!customs.has(v.constructor as Class<unknown>) && !isPlainObject(v));
};
export type IsLeaf = (v: unknown) => boolean;

/** Containers inside containers, at most. Deeper ones are endless, or meant to be arrays. */
const MAX_DEPTH = 1000;
/** The children of a container, with their keys; none for a leaf. */
function childrenOf(v: unknown): readonly (readonly [PathEntry, unknown])[] {
  if (typeof v !== "object" || isLeafValue(v) || v === null || v instanceof Value) return [];
  if (Array.isArray(v)) return v.map((x, i) => [i, x] as const);
  if (v instanceof Map) return [...v] as [PathEntry, unknown][];
  const custom = customs.get(v.constructor as Class<unknown>);
  if (custom) return custom.flatten(v).children.map((x, i) => [i, x] as const);
  return Object.entries(v);
}
/** Why a tree has no end: it contains itself, or it is too deep. Follows the first deep path, without recursion. */
function endless(tree: Tree): StructureError {
  const path: { readonly v: unknown; readonly kids: readonly (readonly [PathEntry, unknown])[]; at: number }[] = [
      { v: tree, kids: childrenOf(tree), at: 0 },
    ],
    above = new Set<unknown>([tree]);
  const keys = (): string =>
    showPath(
      path
        .slice(0, -1)
        .map((p) => p.kids[p.at - 1]![0])
        .slice(0, 8),
    );
  while (path.length) {
    const top = path.at(-1)!,
      next = top.kids[top.at++];
    if (!next) {
      above.delete(top.v);
      path.pop();
      continue;
    }
    if (above.has(next[1]) && typeof next[1] === "object")
      return new StructureError(
        `a tree contains itself, a cycle: the container at ${`${keys()}${showPath([next[0]])}` || "the root"} stands above itself too; trees of arrays must end. Pass the arrays in it alone`,
      );
    const kids = childrenOf(next[1]);
    if (!kids.length) continue;
    if (path.length >= MAX_DEPTH)
      return new StructureError(
        `a tree is nested more than ${MAX_DEPTH} deep, at ${keys()}…; expected at most that depth. Stack what is in it into one array (np.stack), or keep a flat list`,
      );
    above.add(next[1]);
    path.push({ v: next[1], kids, at: 0 });
  }
  return new StructureError(`a tree is nested more than ${MAX_DEPTH} deep`);
}

/** Leaves and definition of a pytree. Object keys are taken in sorted order, as JAX does. */
export function flatten(tree: Tree, isLeaf?: IsLeaf): [unknown[], TreeDef] {
  const leaves: unknown[] = [];
  let depth = 0;
  const walk = (v: unknown): TreeDef => {
    if (depth >= MAX_DEPTH) throw endless(tree);
    depth++;
    const d = node(v);
    depth--;
    return d;
  };
  const node = (v: unknown): TreeDef => {
    if (isLeaf?.(v)) {
      leaves.push(v);
      return LEAF;
    }
    if (v === null || v === undefined) return NONE;
    if (typeof v !== "object" || v instanceof Value || ArrayBuffer.isView(v)) {
      leaves.push(v);
      return LEAF;
    }
    if (Array.isArray(v))
      return new TreeDef(
        "tuple",
        v.map((_x, i) => i),
        v.map(walk),
      );
    if (v instanceof Map) {
      const keys = [...v.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)) as PathEntry[];
      return new TreeDef(
        "map",
        keys,
        keys.map((k) => walk(v.get(k))),
      );
    }
    const custom = customs.get(v.constructor as Class<unknown>);
    if (custom) {
      const { children, aux, keys } = custom.flatten(v);
      return new TreeDef("custom", keys ?? children.map((_c, i) => i), children.map(walk), custom, aux);
    }
    if (!isPlainObject(v)) {
      leaves.push(v);
      return LEAF;
    }
    const keys = Object.keys(v).sort();
    return new TreeDef(
      "dict",
      keys,
      keys.map((k) => walk((v as Record<string, unknown>)[k])),
    );
  };
  const def = walk(tree);
  return [leaves, def];
}
export const leavesOf = (tree: Tree, isLeaf?: IsLeaf): unknown[] => flatten(tree, isLeaf)[0];
export const structure = (tree: Tree, isLeaf?: IsLeaf): TreeDef => flatten(tree, isLeaf)[1];
export const unflatten = (def: TreeDef, leaves: readonly unknown[]): Tree => def.unflatten(leaves);

/** Every leaf with its path from the root. */
export function pathsOf(tree: Tree, isLeaf?: IsLeaf): readonly (readonly [readonly PathEntry[], unknown])[] {
  const [leaves, def] = flatten(tree, isLeaf),
    paths: (readonly PathEntry[])[] = [];
  const walk = (d: TreeDef, path: readonly PathEntry[]): void => {
    if (d.kind === "leaf") paths.push(path);
    d.children.forEach((c, i) => walk(c, [...path, d.keys[i]!]));
  };
  walk(def, []);
  return paths.map((path, i) => [path, leaves[i]]);
}
