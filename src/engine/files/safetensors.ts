// safetensors: the length of a header, a header in JSON that says of each tensor its type, shape and place, then their bytes without gaps.
// Source: the format's description at github.com/huggingface/safetensors.
import type { DType } from "../core/dtypes.ts";
import { ArgumentError, DTypeError } from "../core/errors.ts";
import type { NDArray, Value } from "../core/value.ts";
import { type Bytes, arrayOf, byteLength, bytesOf, contentOf, damaged } from "./bytes.ts";

/** Element types by their codes, in the order in which tensors are written: the widest first, so that each lies at a multiple of its width. */
const DTYPES: Readonly<Record<string, DType>> = {
  ...{ U64: "uint64", I64: "int64", F64: "float64", C64: "complex64", F32: "float32", U32: "uint32", I32: "int32" },
  ...{ BF16: "bfloat16", F16: "float16", U16: "uint16", I16: "int16", I8: "int8", U8: "uint8", BOOL: "bool" },
};
const CODES = new Map(Object.entries(DTYPES).map(([code, dtype]) => [dtype, code]));
const RANKS = new Map(Object.values(DTYPES).map((dtype, i) => [dtype, i]));
const METADATA = "__metadata__";
/** What other readers take at most. */
const MOST_HEADER = 100_000_000;

/** Options of `interop.safetensors.save`. */
export interface SafetensorsOptions {
  /** What the file says of itself: texts by name. */
  readonly metadata?: Readonly<Record<string, string>>;
}
/**
 * Arrays by name as the bytes of a safetensors file.
 * Throws DTypeError for complex128 and random keys, which the format has no type for, and ArgumentError for the name `__metadata__`.
 * @example interop.safetensors.load(interop.safetensors.save({ w: np.array([1, 2]) })) // { w: [1, 2] }
 */
export function save(tensors: Readonly<Record<string, Value>>, options: SafetensorsOptions = {}): Uint8Array {
  const what = "interop.safetensors.save";
  // By type, then by name: equal tensors give equal files, whoever writes them.
  const rank = (name: string): number => RANKS.get(tensors[name]!.dtype) ?? -1;
  const names = Object.keys(tensors).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const header: [string, unknown][] = options.metadata && Object.keys(options.metadata).length ? [[METADATA, options.metadata]] : [];
  let size = 0;
  for (const name of names) {
    const x = tensors[name]!,
      dtype = CODES.get(x.dtype);
    if (name === METADATA) throw new ArgumentError(`${what}: a tensor cannot be named ${METADATA}, which the format keeps for itself`);
    if (dtype === undefined)
      throw new DTypeError(
        `${what}: ${name} is ${x.dtype}, which the format has no type for. Instead: ${x.dtype === "complex128" ? 'real and imaginary part, or .astype("complex64")' : "random.keyData(key)"}`,
      );
    header.push([name, { dtype, shape: x.shape, data_offsets: [size, (size += x.nbytes)] }]);
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header))),
    length = Math.ceil(text.length / 8) * 8,
    out = new Uint8Array(8 + length + size);
  new DataView(out.buffer).setBigUint64(0, BigInt(length), true);
  out.fill(0x20, 8, 8 + length);
  out.set(text, 8);
  let at = 8 + length;
  for (const name of names) {
    out.set(contentOf(`${what}: ${name}`, tensors[name]!), at);
    at += tensors[name]!.nbytes;
  }
  return out;
}

interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
}
interface Header {
  readonly entries: readonly Entry[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the tensors' bytes begin. */
  readonly start: number;
}
const isRecord = (v: unknown): v is Readonly<Record<string, unknown>> => typeof v === "object" && v !== null && !Array.isArray(v);
const sizes = (v: unknown): v is readonly number[] => Array.isArray(v) && v.every((n) => Number.isSafeInteger(n) && (n as number) >= 0);
function headerOf(what: string, bytes: Uint8Array): Header {
  if (bytes.length < 8) throw damaged(what, "these bytes are no safetensors file: it has at least eight");
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > MOST_HEADER || 8 + length > bytes.length)
    throw damaged(what, `the header would be ${length} bytes long, and the file has ${bytes.length}: it is no safetensors file, or was cut off`);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch (e) {
    throw damaged(what, `the header is no JSON: ${e instanceof Error ? e.message : String(e)}`);
  }
  if (!isRecord(header)) throw damaged(what, "the header is no object");
  const metadata = header[METADATA] ?? {};
  if (!isRecord(metadata) || Object.values(metadata).some((v) => typeof v !== "string"))
    throw damaged(what, `${METADATA} has other values than texts`);
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA)
    .map(([name, e]): Entry => {
      if (!isRecord(e) || typeof e.dtype !== "string" || !sizes(e.shape) || !sizes(e.data_offsets) || e.data_offsets.length !== 2)
        throw damaged(what, `the header says of ${name} no dtype, shape and data_offsets`);
      return { name, dtype: e.dtype, shape: e.shape, from: e.data_offsets[0]!, to: e.data_offsets[1]! };
    });
  return { entries, metadata: metadata as Record<string, string>, start: 8 + length };
}
/** Tensors lie one after the other, without gaps, to the end of the file: nothing is read twice, and nothing is hidden between them. */
function checkPlaces(what: string, { entries, start }: Header, length: number): void {
  let at = 0;
  for (const e of [...entries].sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (e.from !== at || e.to < e.from) throw damaged(what, `${e.name} lies at bytes ${e.from} to ${e.to}, expected it to begin at ${at}`);
    at = e.to;
  }
  if (start + at !== length) throw damaged(what, `the tensors take ${at} bytes, and the file has ${length - start} for them`);
}
/** A tensor as the file holds it. */
export interface StoredTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly content: Uint8Array;
}
/** The tensors of a file as they are stored, and what it says of itself. */
export function parts(bytes: Bytes, what: string): { tensors: Readonly<Record<string, StoredTensor>>; metadata: Readonly<Record<string, string>> } {
  const all = bytesOf(what, bytes),
    header = headerOf(what, all);
  checkPlaces(what, header, all.length);
  const tensors = header.entries.map(({ name, dtype: code, shape, from, to }) => {
    const dtype = DTYPES[code];
    if (dtype === undefined) throw new DTypeError(`${what}: ${name} is of type ${code}, expected one of ${Object.keys(DTYPES).join(", ")}`);
    if (byteLength(shape, dtype) !== to - from)
      throw damaged(what, `${name} has ${to - from} bytes, expected ${byteLength(shape, dtype)} for ${dtype}[${shape.join()}]`);
    return [name, { dtype, shape, content: all.subarray(header.start + from, header.start + to) }] as const;
  });
  return { tensors: Object.fromEntries(tensors), metadata: header.metadata };
}
/**
 * The tensors of a safetensors file by name. Elements of 64 bits become those of 32 unless `enableX64` is on.
 * Throws ArgumentError for bytes that are no whole safetensors file, DTypeError for types that there is no array of (eight-bit floats).
 * @example interop.safetensors.load(interop.safetensors.save({ b: np.array([3]) })) // { b: [3] }
 */
export const load = (bytes: Bytes): Record<string, NDArray> =>
  Object.fromEntries(
    Object.entries(parts(bytes, "interop.safetensors.load").tensors).map(([name, t]) => [name, arrayOf(t.content, t.shape, t.dtype)]),
  );
/** What a safetensors file says of itself: texts by name. Throws as `interop.safetensors.load` does.
 * @example interop.safetensors.metadata(interop.safetensors.save({ w: np.ones([1]) }, { metadata: { made: "here" } })) // { made: "here" } */
export const metadata = (bytes: Bytes): Readonly<Record<string, string>> =>
  headerOf("interop.safetensors.metadata", bytesOf("interop.safetensors.metadata", bytes)).metadata;
