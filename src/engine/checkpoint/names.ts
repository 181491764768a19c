// The leaves of a pytree by name, as they stand in a file, and back.
import { ShapedArray } from "../core/aval.ts";
import { fromTyped } from "../core/arrays.ts";
import { DTypeError, StructureError } from "../core/errors.ts";
import { type PathEntry, type Tree, pathsOf, showPath, structure } from "../core/pytree.ts";
import { HostStorage, NDArray, Value } from "../core/value.ts";
import { arrayOf, concrete } from "../files/bytes.ts";
import type { StoredTensor } from "../files/safetensors.ts";
import { asArray } from "../numpy/convert.ts";

/** A name in the file: the entries of the path joined by dots, with a backslash before a dot or a backslash within one. */
const nameOf = (path: readonly PathEntry[]): string => path.map((p) => String(p).replace(/[\\.]/g, "\\$&")).join(".") || ROOT;
/** The tree may be one leaf. */
const ROOT = ".";
function pathOf(name: string): string[] {
  const path: string[] = [];
  let key = "";
  for (let i = 0; i < name.length; i++)
    if (name[i] === ".") {
      path.push(key);
      key = "";
    } else key += name[i] === "\\" ? (name[++i] ?? "") : name[i];
  return [...path, key];
}

/** What a leaf is where its tensor says it otherwise: a key is two words, complex128 pairs of float64, JavaScript's values are scalars. */
export type Kind = "key" | "complex128" | "number" | "boolean" | "bigint";
/** The dtype under which the bytes of such a leaf are written, and the sizes of axes that stand after its own. */
const AS = {
  key: { dtype: "uint32", more: [2] },
  complex128: { dtype: "float64", more: [2] },
  number: { dtype: "float64", more: [] },
  boolean: { dtype: "bool", more: [] },
  bigint: { dtype: "int64", more: [] },
} as const;

/** The array of a leaf, a copy: the leaf may be deleted or donated after this; and its kind where the array does not say it. */
function written(what: string, name: string, leaf: unknown): [NDArray, Kind | null] {
  if (leaf instanceof Value || ArrayBuffer.isView(leaf)) {
    const x = concrete(`${what}: ${name}`, asArray(leaf, what, name)),
      kind = x.dtype === "key<fry>" ? "key" : x.dtype === "complex128" ? "complex128" : null,
      aval = kind ? new ShapedArray([...x.shape, ...AS[kind].more], AS[kind].dtype) : x.aval;
    return [new NDArray(aval, new HostStorage(x.storage.bytes().slice())), kind];
  }
  if (typeof leaf === "number") return [fromTyped(Float64Array.of(leaf), [], "float64"), "number"];
  if (typeof leaf === "boolean") return [fromTyped(Uint8Array.of(Number(leaf)), [], "bool"), "boolean"];
  if (typeof leaf === "bigint" && BigInt.asIntN(64, leaf) === leaf) return [fromTyped(BigInt64Array.of(leaf), [], "int64"), "bigint"];
  throw new DTypeError(
    `${what}: ${name} is ${typeof leaf === "bigint" ? "an integer of more than 64 bits" : typeof leaf}, expected arrays and numbers. Leave it out of the tree, or say it in { metadata }`,
  );
}
/** The leaves of a tree by name. StructureError where two have one name, DTypeError for a leaf that is no array and no number. */
export function named(what: string, tree: Tree): { tensors: Record<string, NDArray>; kinds: Record<string, Kind> } {
  const tensors = new Map<string, NDArray>(),
    kinds = new Map<string, Kind>();
  for (const [path, leaf] of pathsOf(tree)) {
    const name = nameOf(path);
    if (tensors.has(name))
      throw new StructureError(`${what}: two leaves are named ${name}: one of the keys is a number and another the same text. Rename one`);
    const [x, kind] = written(what, showPath(path) || "the tree", leaf);
    tensors.set(name, x);
    if (kind) kinds.set(name, kind);
  }
  return { tensors: Object.fromEntries(tensors), kinds: Object.fromEntries(kinds) };
}

/** The leaves of a file, with their kinds. */
export interface Stored {
  readonly tensors: Readonly<Record<string, StoredTensor>>;
  readonly kinds: Readonly<Record<string, Kind>>;
}
function read({ dtype, shape, content }: StoredTensor, kind: Kind | undefined): unknown {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  switch (kind) {
    case "key":
      return new NDArray(new ShapedArray(shape.slice(0, -1), "key<fry>"), new HostStorage(content.slice()));
    case "complex128":
      return arrayOf(content, shape.slice(0, -1), "complex128");
    case "number":
      return view.getFloat64(0, true);
    case "bigint":
      return view.getBigInt64(0, true);
    case "boolean":
      return content[0] !== 0;
    default:
      return arrayOf(content, shape, dtype);
  }
}
const shown = (names: readonly string[]): string => `${names.slice(0, 5).join(", ")}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`;
/**
 * The tree of a template with the leaves of a file: containers and classes are the template's, and each array has its type and shape.
 * StructureError that names what is missing or too much, or has another shape or type.
 */
export function intoTemplate<T>(what: string, template: T, { tensors, kinds }: Stored): T {
  const wanted = new Map(pathsOf(template).map(([path, leaf]) => [nameOf(path), leaf]));
  const missing = [...wanted.keys()].filter((n) => !Object.hasOwn(tensors, n)),
    extra = Object.keys(tensors).filter((n) => !wanted.has(n));
  if (missing.length || extra.length)
    throw new StructureError(
      `${what}: the checkpoint has another structure than the tree that it is restored into${missing.length ? `; it lacks ${shown(missing)}` : ""}${extra.length ? `; besides, it has ${shown(extra)}` : ""}`,
    );
  const leaves = [...wanted].map(([name, leaf]) => {
    const value = read(tensors[name]!, kinds[name]);
    if (leaf instanceof Value && value instanceof Value && (leaf.dtype !== value.dtype || leaf.shape.join() !== value.shape.join()))
      throw new StructureError(`${what}: ${name} is ${value.aval} in the checkpoint, and ${leaf.aval} in the tree that it is restored into`);
    return value;
  });
  return structure(template).unflatten(leaves) as T;
}
/** The tree that names say: objects, and arrays where keys are 0, 1, 2, … */
export function intoObjects({ tensors, kinds }: Stored): Tree {
  const root = new Map<string, unknown>();
  for (const [name, x] of Object.entries(tensors)) {
    if (name === ROOT) return read(x, kinds[name]);
    const path = pathOf(name);
    let at = root;
    for (const key of path.slice(0, -1)) {
      const next = at.get(key);
      if (next instanceof Map) at = next as Map<string, unknown>;
      else at.set(key, (at = new Map<string, unknown>()));
    }
    at.set(path.at(-1)!, read(x, kinds[name]));
  }
  return plain(root);
}
function plain(node: unknown): unknown {
  if (!(node instanceof Map)) return node;
  const of = new Map([...(node as Map<string, unknown>)].map(([k, v]) => [k, plain(v)]));
  const numbered = Array.from({ length: of.size }, (_x, i) => String(i));
  return of.size > 0 && numbered.every((k) => of.has(k)) ? numbered.map((k) => of.get(k)) : Object.fromEntries(of);
}
