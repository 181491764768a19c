// jax.ref: mutable references to arrays.
import { DTypeError } from "./core/errors.ts";
import { Value } from "./core/value.ts";
import { type ArrayLike, asArray } from "./numpy/convert.ts";
import type { Index } from "./numpy/indexing.ts";
import { describe } from "./transforms/args.ts";
import { Ref } from "./transforms/references.ts";

export { Ref } from "./transforms/references.ts";

/** Where in a reference: an index, an array of one an axis, or null for the whole. As `x.get` takes them. */
export type RefIndex = Index | readonly Index[];
const indices = (index: RefIndex): readonly Index[] =>
  index === null || index === "..." ? [] : Array.isArray(index) ? (index as readonly Index[]) : [index as Index];
function reference(what: string, r: unknown): Ref {
  if (r instanceof Ref) return r;
  throw new DTypeError(`ref.${what}: got ${r instanceof Value ? `an array (${r.aval})` : describe(r)}, expected a reference, as ref.newRef makes it`);
}
/** A value to be written: numbers take the reference's dtype. */
const written = (r: Ref, x: ArrayLike): Value => (typeof x === "number" ? asArray(x).astype(r.dtype) : asArray(x));

/**
 * A mutable reference that starts with this value. It may be read and written at the top level, inside `jit` (made there, passed in or closed over), in the
 * bodies of `scan`, `foriLoop`, `whileLoop`, `cond` and `switch`, and inside functions that are differentiated or vectorized; a function under `jit` cannot
 * return it. JAX's jax.new_ref.
 * @example const r = newRef(np.zeros([2])); r.value = r.value.add(1); r.value // [1, 1]
 */
export const newRef = (initial: ArrayLike): Ref => new Ref(asArray(initial));
/** The value, or a part of it. JAX's jax.ref.get.
 * @example ref.get(newRef(np.array([1, 2])), [1]) // 2 */
export function get(r: Ref, index: RefIndex = null): Value {
  const at = indices(index),
    now = reference("get", r).value;
  return at.length ? now.get(...at) : now;
}
/** Writes the value, or a part of it. Throws DTypeError where x has another dtype. JAX's jax.ref.set.
 * @example const r = newRef(np.array([1, 2])); ref.set(r, [0], 9); r.value // [9, 2] */
export function set(r: Ref, index: RefIndex, x: ArrayLike): void {
  swap(r, index, x);
}
/** Writes, and gives what stood there before. JAX's jax.ref.swap.
 * @example const r = newRef(np.array([1, 2])); [ref.swap(r, [0], 9), r.value] // [1, [9, 2]] */
export function swap(r: Ref, index: RefIndex, x: ArrayLike): Value {
  const at = indices(index),
    y = written(reference("swap", r), x),
    before = get(r, index);
  if (y.dtype !== r.dtype && !y.weakType)
    throw new DTypeError(`ref.swap: the reference holds ${r.dtype}, the value is ${y.dtype}; convert it with astype`);
  r.value = at.length ? r.value.at(...at).set(y) : y;
  return before;
}
/** Adds to the value, or to a part of it. JAX's jax.ref.addupdate.
 * @example const r = newRef(np.array([1, 2])); ref.addupdate(r, [0], 9); r.value // [10, 2] */
export function addupdate(r: Ref, index: RefIndex, x: ArrayLike): void {
  const at = indices(index),
    y = written(reference("addupdate", r), x),
    now = r.value;
  r.value = at.length ? now.at(...at).add(y) : now.add(y).astype(r.dtype);
}
/** Ends a reference and gives its last value: after this it can be neither read nor written. JAX's jax.ref.freeze.
 * @example freeze(newRef(np.array([1, 2]))) // [1, 2] */
export const freeze = (r: Ref): Value => reference("freeze", r).freeze();
