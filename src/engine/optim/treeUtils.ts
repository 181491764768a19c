// optim.treeUtils: arithmetic of pytrees, leaf by leaf. Names are Optax's; trees of one call have one structure, or StructureError is thrown.
import { promoteTypes } from "../core/promotion.ts";
import type { DType } from "../core/dtypes.ts";
import { ArgumentError, StructureError } from "../core/errors.ts";
import { type PathEntry, type Tree, leavesOf, structure } from "../core/pytree.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { asArray } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { keyData, normal, split } from "../random/draws.ts";
import { mapLeaves } from "./base.ts";
import * as n from "./numerics.ts";

const leaves = (tree: Tree): Value[] => (leavesOf(tree) as ArrayLike[]).map((l) => asArray(l, "optim.treeUtils"));
/** x + y.
 * @example optim.tree.add({ w: np.array([1]) }, { w: np.array([2]) }) // { w: [3] } */
export const treeAdd = <T>(treeX: T, treeY: Tree, ...more: Tree[]): T =>
  mapLeaves((x, ...rest) => rest.reduce((sum, y) => sum.add(y), x), treeX, treeY, ...more);
/** x − y.
 * @example optim.tree.sub({ w: np.array([3]) }, { w: np.array([2]) }) // { w: [1] } */
export const treeSub = <T>(treeX: T, treeY: Tree): T => n.subtract(treeX, treeY);
/** x·y.
 * @example optim.tree.mul({ w: np.array([3]) }, { w: np.array([2]) }) // { w: [6] } */
export const treeMul = <T>(treeX: T, treeY: Tree): T => mapLeaves((x, y) => x.mul(y), treeX, treeY);
/** x / y.
 * @example optim.tree.div({ w: np.array([1]) }, { w: np.array([2]) }) // { w: [0.5] } */
export const treeDiv = <T>(treeX: T, treeY: Tree): T => mapLeaves((x, y) => x.div(y), treeX, treeY);
/** A number times every leaf.
 * @example optim.tree.scale(3, { w: np.array([2]) }) // { w: [6] } */
export const treeScale = <T>(scalar: ArrayLike, tree: T): T => n.scaleTree(scalar, tree);
/** x + scalar·y.
 * @example optim.tree.addScale({ w: np.array([1]) }, 3, { w: np.array([2]) }) // { w: [7] } */
export const treeAddScale = <T>(treeX: T, scalar: ArrayLike, treeY: Tree): T => n.addScaled(treeX, scalar, treeY);
/** Σ conj(x)·y over all leaves, a scalar.
 * @example optim.tree.vdot({ w: np.array([1, 2]) }, { w: np.array([3, 4]) }) // 11 */
export const treeVdot = (treeX: Tree, treeY: Tree): Value => n.vdot(treeX, treeY);
/** The sum of all elements.
 * @example optim.tree.sum({ w: np.array([1, 2]), b: np.array([5]) }) // 8 */
export const treeSum = (tree: Tree): Value => n.sumOver(tree, (x) => np.sum(x));
const extreme = (tree: Tree, of: (x: Value) => Value, both: (a: Value, b: Value) => Value, none: number): Value =>
  leaves(tree)
    .filter((x) => x.size > 0)
    .map((x) => of(x))
    .reduce((a, b) => both(a, b), np.array(none));
/** The largest of all elements; −∞ for none.
 * @example optim.tree.max({ w: np.array([1, 2]), b: np.array([5]) }) // 5 */
export const treeMax = (tree: Tree): Value => extreme(tree, np.max, np.maximum, -Infinity);
/** The smallest of all elements; ∞ for none.
 * @example optim.tree.min({ w: np.array([1, 2]), b: np.array([5]) }) // 1 */
export const treeMin = (tree: Tree): Value => extreme(tree, np.min, np.minimum, Infinity);
/** The number of all elements.
 * @example optim.tree.size({ w: np.ones([2, 3]), b: np.ones([3]) }) // 9 */
export const treeSize = (tree: Tree): number => leaves(tree).reduce((sum, x) => sum + x.size, 0);
/** The conjugate of every leaf.
 * @example optim.tree.conj({ w: lax.complex([1], [2]) }) // { w: [1-2i] } */
export const treeConj = <T>(tree: T): T => mapLeaves((x) => np.conj(x), tree);
/** The real part of every leaf.
 * @example optim.tree.real({ w: lax.complex([1], [2]) }) // { w: [1] } */
export const treeReal = <T>(tree: T): T => mapLeaves((x) => np.real(x), tree);
/** Options of `treeNorm`. */
export interface TreeNormOptions {
  /** 1, 2 (also null) or Infinity. */
  readonly ord?: number | null;
  /** Whether its square is wanted. */
  readonly squared?: boolean;
}
/** The norm of all elements as one vector. ArgumentError for another `ord`.
 * @example optim.tree.norm({ w: np.array([3, 4]) }) // 5 */
export function treeNorm(tree: Tree, options: TreeNormOptions = {}): Value {
  const { ord = null, squared = false } = options;
  if (ord === null || ord === 2) return squared ? n.squaredNorm(tree) : n.globalNorm(tree);
  const sizes = mapLeaves((x) => np.abs(x), tree);
  if (ord !== 1 && ord !== Infinity) throw new ArgumentError(`optim.treeUtils.treeNorm: ord is ${ord}, expected 1, 2 or Infinity`);
  const norm = ord === 1 ? treeSum(sizes) : treeMax(sizes);
  return squared ? np.square(norm) : norm;
}
/** Every leaf repeated along new axes in front.
 * @example optim.tree.batchShape({ w: np.ones([2]) }, [3]).w.shape // [3, 2] */
export const treeBatchShape = <T>(tree: T, shape: readonly number[] = []): T => mapLeaves((x) => np.broadcastTo(x, [...shape, ...x.shape]), tree);
/** Options of trees that are like another one. */
export interface TreeLikeOptions {
  /** The type of the elements; that of each leaf. */
  readonly dtype?: DType | null;
}
/** Zeros like every leaf.
 * @example optim.tree.zerosLike({ w: np.array([3, 4]) }) // { w: [0, 0] } */
export const treeZerosLike = <T>(tree: T, options: TreeLikeOptions = {}): T => n.zerosOf(tree, options.dtype);
/** Ones like every leaf.
 * @example optim.tree.onesLike({ w: np.array([3, 4]) }) // { w: [1, 1] } */
export const treeOnesLike = <T>(tree: T, options: TreeLikeOptions = {}): T => n.fullOf(tree, 1, options.dtype);
/** One value like every leaf.
 * @example optim.tree.fullLike({ w: np.array([1, 2]) }, 7) // { w: [7, 7] } */
export const treeFullLike = <T>(tree: T, fillValue: ArrayLike, options: TreeLikeOptions = {}): T => n.fullOf(tree, fillValue, options.dtype);
/** Every leaf held between two bounds; null is none.
 * @example optim.tree.clip({ w: np.array([-1, 5]) }, 0, 1) // { w: [0, 1] } */
export const treeClip = <T>(tree: T, minValue: ArrayLike | null = null, maxValue: ArrayLike | null = null): T =>
  mapLeaves((x) => np.clip(x, minValue, maxValue), tree);
/** Leaves of `treeX` where the condition holds, else of `treeY`.
 * @example optim.tree.where(true, { w: np.array([1]) }, { w: np.array([2]) }) // { w: [1] } */
export const treeWhere = <T>(condition: ArrayLike, treeX: T, treeY: Tree): T => n.choose(condition, treeX, treeY);
/** Options of `treeAllclose`. */
export interface TreeAllcloseOptions {
  readonly rtol?: number;
  readonly atol?: number;
  readonly equalNan?: boolean;
}
/** Whether all elements of two trees are near each other, a boolean scalar.
 * @example optim.tree.allclose({ w: np.array([1]) }, { w: np.array([1]) }) // true */
export const treeAllclose = (a: Tree, b: Tree, options: TreeAllcloseOptions = {}): Value =>
  leaves(mapLeaves((x, y) => np.allclose(x, y, options), a, b)).reduce((all, near) => np.logicalAnd(all, near), np.array(true));
/** Every leaf in a type; null leaves them as they are.
 * @example optim.tree.cast({ w: np.array([1.5]) }, "int32") // { w: [1] } */
export const treeCast = <T>(tree: T, dtype: DType | null): T => n.castTree(tree, dtype);
/** Every leaf in the type of another tree's leaf.
 * @example optim.tree.castLike({ w: np.array([1.5]) }, { w: np.int32([0]) }) // { w: [1] } */
export const treeCastLike = <T>(tree: T, otherTree: Tree): T => mapLeaves((x, like) => x.astype(like.dtype), tree, otherTree);
/** How leaves of several types give one. */
export type MixedDtypeHandler = "promote" | "highest" | "lowest";
/** The type of all leaves. ArgumentError where they differ, unless it is said which is meant; for no leaves, float32.
 * @example optim.tree.dtype({ w: np.ones([2]) }) // "float32" */
export function treeDtype(tree: Tree, mixedDtypeHandler: MixedDtypeHandler | null = null): DType {
  const all = leaves(tree).map((x) => x.dtype),
    [first] = all,
    other = all.find((d) => d !== first);
  if (first === undefined || other === undefined) return first ?? "float32";
  if (mixedDtypeHandler === null)
    throw new ArgumentError(
      `optim.treeUtils.treeDtype: the leaves are ${first} and ${other}. Instead: treeDtype(tree, "promote"), "highest" or "lowest"`,
    );
  const common = (types: readonly DType[]): DType => promoteTypes(types.map((dtype) => ({ dtype, weakType: false }))).dtype;
  if (mixedDtypeHandler === "promote") return common(all);
  return all.reduce((a, b) => {
    const high = common([a, b]);
    if (high !== a && high !== b)
      throw new ArgumentError(`optim.treeUtils.treeDtype: neither of ${a} and ${b} holds the other. Instead: treeDtype(tree, "promote")`);
    return (high === a) === (mixedDtypeHandler === "highest") ? a : b;
  });
}
/** A key for each leaf.
 * @example optim.tree.splitKeyLike(random.key(0), { a: 1, b: 2 }) // { a: key, b: key } */
export const treeSplitKeyLike = <T>(rngKey: Value, targetTree: T): T => {
  const definition = structure(targetTree),
    keys = split(rngKey, definition.leafCount);
  return definition.unflatten(Array.from({ length: definition.leafCount }, (_x, i) => keys.get(i))) as T;
};
/** Draws from a key, of a shape and type. */
export type Sampler = (key: Value, shape: readonly number[], dtype: DType) => Value;
/** Options of `treeRandomLike`. */
export interface TreeRandomLikeOptions extends TreeLikeOptions {
  /** `random.normal`. */
  readonly sampler?: Sampler;
}
/** Draws in the shapes of all leaves.
 * @example optim.tree.randomLike(random.key(0), { w: np.ones([2]) }) // { w: [1.004, -0.9063] } */
export function treeRandomLike<T>(rngKey: Value, targetTree: T, options: TreeRandomLikeOptions = {}): T {
  const { sampler = (key: Value, shape: readonly number[], dtype: DType) => normal(key, shape, dtype), dtype = null } = options;
  return mapLeaves((x, key) => sampler(key, x.shape, dtype ?? x.dtype), targetTree, treeSplitKeyLike(rngKey, targetTree));
}
/** The tree with the words of random keys in place of keys, such as for comparing.
 * @example optim.tree.unwrapRandomKeyData({ k: random.key(7) }) // { k: [0, 7] } */
export const treeUnwrapRandomKeyData = <T>(inputTree: T): T => mapLeaves((x) => (x.dtype.startsWith("key<") ? keyData(x) : x), inputTree);
/** A subtree with its path. */
export type PathAndValue = readonly [path: readonly PathEntry[], value: unknown];
const isContainer = (v: unknown): v is Record<string, unknown> => typeof v === "object" && v !== null && !("aval" in v) && !ArrayBuffer.isView(v);
/** Says which of the entries of one name are meant. */
export type EntryFilter = (path: readonly PathEntry[], value: unknown) => boolean;
/** Options of the functions that look for entries by name. */
export interface FilteringOptions {
  /** Which of the entries of that name are meant, by path and value. All. */
  readonly filtering?: EntryFilter | null;
}
/** Every entry of that name in a tree, such as an optimizer's state, with its path; in order. What an entry holds is looked through too.
 * @example optim.tree.getAllWithPath({ count: np.int32(3) }, "count").length // 1 */
export function treeGetAllWithPath(tree: Tree, key: string, options: FilteringOptions = {}): PathAndValue[] {
  const wanted = options.filtering ?? (() => true);
  const found: PathAndValue[] = [];
  const walk = (v: unknown, path: readonly PathEntry[]): void => {
    if (!isContainer(v)) return;
    for (const [k, x] of Object.entries(v)) {
      const at = [...path, Array.isArray(v) ? Number(k) : k];
      if (k === key && !Array.isArray(v) && wanted(at, x)) found.push([at, x]);
      walk(x, at);
    }
  };
  walk(tree, []);
  return found;
}
/** Options of `treeGet`. */
export interface TreeGetOptions extends FilteringOptions {
  /** What is given where there is no such entry. null. */
  readonly default?: unknown;
}
/** The entry of that name in a tree. StructureError where there are several.
 * @example optim.tree.get({ count: np.int32(3), mu: np.array([1]) }, "count") // 3 */
export function treeGet(tree: Tree, key: string, options: TreeGetOptions = {}): unknown {
  const found = treeGetAllWithPath(tree, key, options);
  if (found.length > 1)
    throw new StructureError(
      `optim.treeUtils.treeGet: there are ${found.length} entries named ${key}: ${found.map(([p]) => p.join(".")).join(", ")}. Instead: { filtering }, or treeGetAllWithPath`,
    );
  return found.length ? found[0]![1] : (options.default ?? null);
}
/** The tree with other values for the entries of these names, wherever they stand (`filtering` says which). StructureError for a name that is not there.
 * @example optim.tree.set({ count: np.int32(3), mu: np.array([1]) }, { count: np.int32(0) }) // { count: 0, mu: [1] } */
export function treeSet<T>(tree: T, values: Readonly<Record<string, unknown>>, options: FilteringOptions = {}): T {
  const wanted = options.filtering ?? (() => true);
  for (const key of Object.keys(values))
    if (!treeGetAllWithPath(tree, key, options).length)
      throw new StructureError(`optim.treeUtils.treeSet: there is no entry named ${key} in the tree`);
  const walk = (v: unknown, path: readonly PathEntry[]): unknown => {
    if (!isContainer(v)) return v;
    if (Array.isArray(v)) return v.map((x, i) => walk(x, [...path, i]));
    return Object.fromEntries(
      Object.entries(v).map(([k, x]) => {
        const at = [...path, k];
        return [k, Object.hasOwn(values, k) && wanted(at, x) ? values[k] : walk(x, at)];
      }),
    );
  };
  return walk(tree, []) as T;
}
