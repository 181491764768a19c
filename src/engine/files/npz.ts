// NumPy's npz format: a zip file with an npy file for each array. fflate packs and unpacks, in browsers too.
import { type Unzipped, type Zippable, unzipSync, zipSync } from "fflate";
import { ArgumentError } from "../core/errors.ts";
import type { NDArray, Value } from "../core/value.ts";
import { type Bytes, bytesOf, damaged } from "./bytes.ts";
import * as npy from "./npy.ts";
import { checkSums, crc32 } from "./zip.ts";

/** Options of `interop.npz.save`. */
export interface NpzOptions {
  /** Whether arrays are deflated, as numpy.savez_compressed does. False. */
  readonly compressed?: boolean;
}
/** Zip's own time starts in 1980: the same arrays give the same bytes. */
const TIME = new Date(1980, 0, 1, 12);
const EXTENSION = ".npy";

/** Arrays by name as the bytes of an npz file. Source: numpy.savez and numpy.savez_compressed. Throws DTypeError for an array that npy cannot hold.
 * @example interop.npz.load(interop.npz.save({ w: np.array([1, 2]) })) // { w: [1, 2] } */
export function save(arrays: Readonly<Record<string, Value>>, options: NpzOptions = {}): Uint8Array {
  const files: Zippable = {};
  for (const [name, x] of Object.entries(arrays)) files[name + EXTENSION] = npy.save(x);
  return zipSync(files, { level: options.compressed ? 6 : 0, mtime: TIME });
}
/** Deflate makes nothing smaller than this: a larger claim is a bomb, or damage. */
const MOST_RATIO = 1032;
const isZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b;
/** `load`, with the name of who asks in its errors. */
export function read(bytes: Bytes, what: string): Record<string, NDArray> {
  const all = bytesOf(what, bytes);
  if (!isZip(all)) throw damaged(what, "these bytes are no npz file: they do not begin as a zip file does");
  let files: Unzipped;
  try {
    files = unzipSync(all, {
      filter({ name, size, originalSize }) {
        if (originalSize > size * MOST_RATIO + 1024) throw damaged(what, `${name} claims ${originalSize} bytes in ${size}, which no zip file holds`);
        return name.endsWith(EXTENSION);
      },
    });
  } catch (e) {
    if (e instanceof ArgumentError) throw e;
    throw damaged(what, `the zip file is damaged: ${e instanceof Error ? e.message : String(e)}`);
  }
  const sums = checkSums(all);
  for (const [name, content] of Object.entries(files))
    if (sums.has(name) && sums.get(name) !== crc32(content)) throw damaged(what, `the bytes of ${name} do not add up to its check sum`);
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => [name.slice(0, -EXTENSION.length), npy.read(content, `${what}: ${name}`)]),
  );
}
/**
 * The arrays of an npz file by name, stored or deflated. What is no npy file in it is left out.
 * Throws ArgumentError for bytes that are no zip file or a damaged one, and what `interop.npy.load` throws. Source: numpy.load.
 * @example interop.npz.load(interop.npz.save({ b: np.array([3]) })) // { b: [3] }
 */
export const load = (bytes: Bytes): Record<string, NDArray> => read(bytes, "interop.npz.load");
/** The array of an npy file, or the arrays of an npz file: the first bytes say which it is. */
export const readEither = (bytes: Bytes, what: string): NDArray | Record<string, NDArray> =>
  isZip(bytesOf(what, bytes)) ? read(bytes, what) : npy.read(bytes, what);
