// `x[0]`, `x[0] = v` and `x.length`: in JavaScript they would be undefined and without effect. A Proxy at the far end of the prototype chain is asked only for names
// that an array does not have, so it costs nothing elsewhere, and gives the length, or says what to write instead.
import { ShapeError } from "./errors.ts";
import { Value } from "./value.ts";

/** Integers, fractions, slices, lists and masks, as JavaScript turns them into names; an array has none like those. */
const isSubscript = (key: string | symbol): boolean => typeof key === "string" && /^(?:-?[\d.:,]+[-\d.:,e+]*|NaN|Array\([^]*\))$/.test(key);
const indexFor = (key: string | symbol): string =>
  /^-?\d+$/.test(String(key)) ? String(key) : /^[-\d:]+$/.test(String(key)) ? `"${String(key)}"` : "index";
const owners = new Proxy(Object.prototype, {
  get(target, key, receiver) {
    if (isSubscript(key))
      throw new ShapeError(`x[${String(key)}] does not read an array: JavaScript has no such operator for it.\n  Instead: x.get(${indexFor(key)})`);
    if (key === "length" && receiver instanceof Value) return lengthOf(receiver);
    return Reflect.get(target, key, receiver) as unknown;
  },
  set(target, key, value, receiver) {
    if (isSubscript(key))
      throw new ShapeError(
        `x[${String(key)}] = v does not change an array: arrays cannot be changed.\n  Instead: x = x.at(${indexFor(key)}).set(v), which gives a new one`,
      );
    if (key === "length" && receiver instanceof Value)
      throw new ShapeError('x.length = n does not change an array: arrays cannot be changed.\n  Instead: x = np.resize(x, n) or x.get(":n")');
    return Reflect.set(target, key, value, receiver);
  },
});
/** As Python's len(x): the size of the first axis. */
function lengthOf(x: Value): number {
  if (x.ndim === 0) throw new ShapeError(`x.length: an array without axes (${x.aval}) has no length.\n  Instead: x.size, which is 1`);
  return x.aval.shape[0]!;
}
Object.setPrototypeOf(Value.prototype, owners);
