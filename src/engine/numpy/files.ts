// Arrays in files, by their paths: where there is a disk. Bytes are read and written by interop.npy and interop.npz.
import { ArgumentError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import type { Bytes } from "../files/bytes.ts";
import { files } from "../files/disk.ts";
import * as npy from "../files/npy.ts";
import * as npz from "../files/npz.ts";
import { type ArrayLike, asArray, splitOptions } from "./convert.ts";

const withExtension = (path: string, extension: string): string => (path.endsWith(extension) ? path : path + extension);
/**
 * Writes an array to an npy file; the path gets the ending .npy where it has not. bfloat16 is written as two plain bytes, as JAX does.
 * Throws ArgumentError where there is no disk (browsers): `interop.npy.save(x)` gives the bytes. Source: numpy.save.
 * @example np.save("x.npy", [1, 2]); np.load("x.npy") // [1, 2]
 */
export const save = (file: string, arr: ArrayLike): void =>
  files("np.save").writeFileSync(withExtension(file, ".npy"), npy.save(asArray(arr, "np.save", "arr")));
/**
 * Writes arrays to an npz file: those by position are named arr_0, arr_1, …, and an object at the end has others by name.
 * The path gets the ending .npz where it has not. Throws ArgumentError where there is no disk, or for a name that is there twice. Source: numpy.savez.
 * @example np.savez("both.npz", [1, 2], { y: [3] }); np.load("both.npz") // { arr_0: [1, 2], y: [3] }
 */
export function savez(file: string, ...arrays: readonly (ArrayLike | Readonly<Record<string, ArrayLike>>)[]): void {
  const { arrays: listed, options: byName } = splitOptions<Record<string, ArrayLike>>(arrays);
  const all = new Map(listed.map((x, i) => [`arr_${i}`, asArray(x, "np.savez", `array ${i}`)]));
  for (const [name, x] of Object.entries(byName)) {
    if (all.has(name)) throw new ArgumentError(`np.savez: ${name} is the name of an array by position. Give that one another name, or by name too`);
    all.set(name, asArray(x, "np.savez", name));
  }
  files("np.savez").writeFileSync(withExtension(file, ".npz"), npz.save(Object.fromEntries(all)));
}
/**
 * The array of an npy file, or the arrays of an npz file by name; of a path, or of the file's bytes.
 * Throws ArgumentError where there is no disk, or the file is damaged; DTypeError for elements that are no numbers. Source: numpy.load.
 * @example np.load(interop.npy.save(np.array([1, 2]))) // [1, 2]
 */
export const load = (file: string | Bytes): Value | Record<string, Value> =>
  npz.readEither(typeof file === "string" ? files("np.load").readFileSync(file) : file, typeof file === "string" ? `np.load: ${file}` : "np.load");
