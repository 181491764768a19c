// NumPy's npy format: a header that is a Python dictionary, then the elements. Source: numpy.lib.format, versions 1.0, 2.0 and 3.0.
import { sizeOf } from "../core/aval.ts";
import { type DType, itemsize } from "../core/dtypes.ts";
import { DTypeError } from "../core/errors.ts";
import type { NDArray, Value } from "../core/value.ts";
import { type Bytes, arrayOf, byteLength, bytesOf, contentOf, damaged, rowMajor, swapped } from "./bytes.ts";

const MAGIC = [0x93, ...new TextEncoder().encode("NUMPY")];
/** Elements start at a multiple of this, so that files can be mapped into memory. */
const ALIGNMENT = 64;
const GROWTH_DIGITS = 21;
/** Element types by NumPy's kind and bytes. It knows no bfloat16: two plain bytes stand for it, as JAX writes them. */
const DTYPES: Readonly<Record<string, DType>> = {
  ...{ b1: "bool", V2: "bfloat16" },
  ...{ i1: "int8", i2: "int16", i4: "int32", i8: "int64", u1: "uint8", u2: "uint16", u4: "uint32", u8: "uint64" },
  ...{ f2: "float16", f4: "float32", f8: "float64", c8: "complex64", c16: "complex128" },
};
const CODES = new Map(Object.entries(DTYPES).map(([code, dtype]) => [dtype, code]));

/**
 * An array as the bytes of an npy file, which numpy.load reads. Source: numpy.save.
 * Throws DTypeError for keys: their words (`random.keyData`) can be written.
 * @example interop.npy.load(interop.npy.save(np.array([1, 2]))) // [1, 2]
 */
export function save(x: Value): Uint8Array {
  const what = "interop.npy.save";
  const code = CODES.get(x.dtype);
  if (code === undefined) throw new DTypeError(`${what}: npy files have no element type for ${x.dtype}. For random keys: random.keyData(key)`);
  const content = contentOf(what, x),
    order = itemsize(x.dtype) === 1 ? "|" : "<";
  const shape = x.ndim === 1 ? `(${x.shape[0]},)` : `(${x.shape.join(", ")})`;
  // NumPy leaves room for the first size to grow in place, and always some blanks: equal arrays give equal files, whoever writes them.
  const growth = x.ndim ? " ".repeat(Math.max(0, GROWTH_DIGITS - String(x.shape[0]).length)) : "";
  const text = `{'descr': '${order}${code}', 'fortran_order': False, 'shape': ${shape}, }${growth}`;
  const before = MAGIC.length + 4,
    length = (Math.floor((before + text.length + 1) / ALIGNMENT) + 1) * ALIGNMENT - before;
  const out = new Uint8Array(before + length + content.length);
  out.set([...MAGIC, 1, 0, length & 0xff, length >> 8]);
  out.set(new TextEncoder().encode(`${text.padEnd(length - 1)}\n`), before);
  out.set(content, before + length);
  return out;
}

interface Header {
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the elements begin. */
  readonly end: number;
}
/** A part of the header, which is a Python literal that only NumPy writes: three entries in any order. */
const part = (what: string, text: string, key: string, pattern: string): string => {
  const found = new RegExp(`['"]${key}['"]\\s*:\\s*${pattern}`).exec(text);
  if (!found) throw damaged(what, `the header has no ${key} that can be read: ${text.trim()}`);
  return found[1]!;
};
function headerOf(what: string, bytes: Uint8Array): Header {
  if (bytes.length < 10 || MAGIC.some((b, i) => bytes[i] !== b))
    throw damaged(what, "these bytes are no npy file: they do not begin with \\x93NUMPY");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    major = bytes[6]!;
  if (major < 1 || major > 3) throw damaged(what, `the file is of version ${major} of the format, expected 1, 2 or 3`);
  const start = major === 1 ? 10 : 12,
    length = major === 1 ? view.getUint16(8, true) : bytes.length >= 12 ? view.getUint32(8, true) : Infinity;
  if (start + length > bytes.length) throw damaged(what, "the file ends within its header");
  const text = new TextDecoder().decode(bytes.subarray(start, start + length));
  if (/['"]descr['"]\s*:\s*\[/.test(text))
    throw new DTypeError(`${what}: the elements are records with fields (a structured dtype). Save each field by itself`);
  const shape = part(what, text, "shape", "\\(([\\d,\\sL]*)\\)")
    .split(",")
    .map((n) => n.trim().replace(/L$/, ""));
  return {
    descr: part(what, text, "descr", "['\"]([^'\"]*)['\"]"),
    fortranOrder: part(what, text, "fortran_order", "(True|False)") === "True",
    shape: shape.filter((n) => n !== "").map(Number),
    end: start + length,
  };
}
/** `load`, with the name of who asks in its errors. */
export function read(bytes: Bytes, what: string): NDArray {
  const all = bytesOf(what, bytes),
    { descr, fortranOrder, shape, end } = headerOf(what, all);
  const dtype = DTYPES[descr.slice(1)];
  if (dtype === undefined || !"<>|=".includes(descr[0]!))
    throw new DTypeError(`${what}: the elements are ${descr}, expected booleans, integers, floats or complex numbers (NumPy: x.astype("float32"))`);
  const size = byteLength(shape, dtype);
  if (!Number.isSafeInteger(sizeOf(shape)) || end + size > all.length)
    throw damaged(what, `the file has ${all.length - end} bytes of elements, expected ${size} for ${dtype}[${shape.join()}]: it was cut off`);
  const width = itemsize(dtype),
    component = dtype.startsWith("complex") ? width / 2 : width;
  let content = all.subarray(end, end + size);
  if (descr[0] === ">" && component > 1) content = swapped(content, component);
  if (fortranOrder) content = rowMajor(content, shape, width);
  return arrayOf(content, shape, dtype);
}
/**
 * The array of an npy file. Of any byte order, row-major or column-major; elements of 64 bits become those of 32 unless `enableX64` is on.
 * Throws ArgumentError for bytes that are no npy file or not a whole one, DTypeError for elements that are no numbers. Source: numpy.load.
 * @example interop.npy.load(interop.npy.save(np.ones([2, 1]))) // [[1], [1]]
 */
export const load = (bytes: Bytes): NDArray => read(bytes, "interop.npy.load");
