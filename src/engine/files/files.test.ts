// Files of arrays as NumPy and safetensors write them (test/goldens/record_files.py): read, and written byte by byte alike; and what is damaged is refused.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { enableX64, interop, jit, numpy as np, random } from "../index.ts";
import type { Value } from "../core/value.ts";
import { crc32 } from "./zip.ts";

interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: readonly (number | string | readonly [number, number])[];
  readonly bytes: string;
}
interface Golden {
  readonly npy: readonly Entry[];
  readonly others: readonly Entry[];
  readonly refused: Readonly<Record<string, string>>;
  readonly stored: string;
  readonly deflated: string;
  readonly names: Readonly<Record<string, Entry>>;
  readonly safetensors: string;
  readonly tensors: Readonly<Record<string, Entry>>;
}
const golden = JSON.parse(readFileSync(new URL("./files.json", import.meta.url), "utf8")) as Golden;
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));
const folder = mkdtempSync(join(tmpdir(), "jitlens-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function holds(x: Value, e: Entry): void {
  expect([x.dtype, x.shape], e.name).toEqual([e.dtype, e.shape]);
  const flat = np.ravel(x).tolist() as (number | bigint | { re: number; im: number })[];
  expect(
    flat.map((v) => (typeof v === "object" ? [v.re, v.im] : typeof v === "bigint" ? String(v) : Number(v))),
    e.name,
  ).toEqual(e.values);
}
test.each(golden.npy)("npy, $name: NumPy's file is read, and ours is it byte by byte", (e) =>
  enableX64(() => {
    const x = interop.npy.load(bytes(e.bytes));
    holds(x, e);
    // NumPy with ml_dtypes says <V2, NumPy alone |V2: both are two plain bytes.
    const text = (b: Uint8Array): string => Buffer.from(b).toString("latin1").replace("|V2", "<V2");
    expect(text(interop.npy.save(x))).toBe(text(bytes(e.bytes)));
  }),
);
test.each(golden.others)("npy, $name, is read", (e) => enableX64(() => holds(interop.npy.load(bytes(e.bytes)), e)));
test("elements of 64 bits become those of 32 where these are off: integers wrap, floats round", () => {
  const of = (dtype: string): Value => interop.npy.load(bytes(golden.npy.find((e) => e.dtype === dtype)!.bytes));
  expect(["int64", "uint64", "float64", "complex128"].map((d) => of(d).dtype)).toEqual(["int32", "uint32", "float32", "complex64"]);
  const wide = enableX64(() => interop.npy.save(np.array(BigInt64Array.of(2n ** 32n + 5n, -1n))));
  expect(interop.npy.load(wide).tolist()).toEqual([5, -1]);
});
test.each(Object.entries(golden.refused))("npy of %s is refused by name", (_what, text) =>
  expect(() => interop.npy.load(bytes(text))).toThrow(/records with fields|the elements are (<U2|<M8\[D\]), expected/),
);
test("npz: what NumPy stores and deflates is read, what we write is read again", () => {
  const compressed = interop.npz.load(bytes(golden.deflated)),
    plain = interop.npz.load(bytes(golden.stored));
  expect(Object.keys(plain).sort()).toEqual(["a", "arr_0", "b", "deep/c"]);
  for (const [name, e] of Object.entries(golden.names)) for (const all of [plain, compressed]) holds(all[name]!, e);
  const [stored, deflated] = [interop.npz.save(compressed), interop.npz.save(compressed, { compressed: true })];
  expect(deflated.length).toBeLessThan(stored.length);
  for (const [name, e] of Object.entries(golden.names)) for (const all of [stored, deflated]) holds(interop.npz.load(all)[name]!, e);
  expect(interop.npz.save(compressed)).toEqual(stored);
});
test("safetensors: the file is read, ours is it byte by byte, and says what it says of itself", () =>
  enableX64(() => {
    const file = bytes(golden.safetensors),
      all = interop.safetensors.load(file);
    for (const [name, e] of Object.entries(golden.tensors)) holds(all[name]!, e);
    expect(interop.safetensors.metadata(file)).toEqual({ "made by": "safetensors" });
    expect(Buffer.from(interop.safetensors.save(all, { metadata: { "made by": "safetensors" } })).equals(Buffer.from(file))).toBe(true);
  }));
const cut = (b: Uint8Array, n = 1): Uint8Array => b.slice(0, b.length - n);
/** A safetensors file with this header. */
function withHeader(header: unknown, size = 4): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header)),
    out = new Uint8Array(8 + text.length + size);
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true);
  out.set(text, 8);
  return out;
}
const tensor = { dtype: "F32", shape: [1], data_offsets: [0, 4] };
test.each<[string, () => unknown, RegExp]>([
  ["no npy file", () => interop.npy.load(new Uint8Array(200)), /do not begin with/],
  ["an npy file without its end", () => interop.npy.load(cut(bytes(golden.npy[11]!.bytes))), /bytes of elements, expected 24 .*cut off/],
  ["an npy header without its end", () => interop.npy.load(bytes(golden.npy[0]!.bytes).slice(0, 40)), /ends within its header/],
  ["something else than bytes", () => interop.npy.load("x.npy" as never), /got string, expected the file's bytes/],
  ["no zip file", () => interop.npz.load(new Uint8Array(200)), /do not begin as a zip file does/],
  ["a zip file without its end", () => interop.npz.load(cut(bytes(golden.deflated), 60)), /damaged/],
  ["a header that is longer than the file", () => interop.safetensors.load(cut(bytes(golden.safetensors), 1300)), /cut off|the file has/],
  ["safetensors without its end", () => interop.safetensors.load(cut(bytes(golden.safetensors))), /the tensors take \d+ bytes/],
  ["a header that is no JSON", () => interop.safetensors.load(withHeader("{,")), /no JSON/],
  ["an overlap", () => interop.safetensors.load(withHeader({ a: tensor, b: tensor })), /b lies at bytes 0 to 4, expected it to begin at 4/],
  ["a hole", () => interop.safetensors.load(withHeader({ a: { ...tensor, data_offsets: [4, 8] } }, 8)), /begin at 0/],
  ["another size", () => interop.safetensors.load(withHeader({ a: { ...tensor, shape: [2] } })), /has 4 bytes, expected 8 for float32\[2\]/],
  ["eight-bit floats", () => interop.safetensors.load(withHeader({ a: { ...tensor, dtype: "F8_E4M3" } })), /a is of type F8_E4M3, expected one of/],
  ["a negative size", () => interop.safetensors.load(withHeader({ a: { ...tensor, shape: [-1] } })), /no dtype, shape and data_offsets/],
  ["random keys", () => interop.npy.save(random.key(0)), /random\.keyData\(key\)/],
  ["complex128", () => enableX64(() => interop.safetensors.save({ z: np.ones([1], { dtype: "complex128" }) })), /z is complex128/],
  ["what is being traced", () => jit((x: Value) => (interop.npy.save(x), x))(1), /being traced, so it has no bytes yet/],
])("refuses %s", (_what, call, message) => expect(call).toThrow(message));

test("np.save, np.savez and np.load go by path, and np.load by bytes too", () => {
  const x = np.arange(6).reshape(2, 3);
  np.save(join(folder, "x"), x);
  expect((np.load(join(folder, "x.npy")) as Value).tolist()).toEqual(x.tolist());
  np.savez(join(folder, "two.npz"), x, [1, 2], { w: np.ones([2]) });
  const all = np.load(new Uint8Array(readFileSync(join(folder, "two.npz")))) as Record<string, Value>;
  expect(Object.fromEntries(Object.entries(all).map(([k, v]) => [k, v.shape]))).toEqual({ arr_0: [2, 3], arr_1: [2], w: [2] });
  expect(() => np.savez(join(folder, "twice"), x, { arr_0: x })).toThrow(/arr_0 is the name of an array by position/);
});
test("a zip file whose bytes do not add up to their check sums is refused", () => {
  expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  for (const compressed of [false, true]) {
    const bytes = interop.npz.save({ a: np.arange(1000) }, { compressed });
    expect(interop.npz.load(bytes).a!.size).toBe(1000);
  }
  const stored = interop.npz.save({ a: np.arange(8) }),
    at = stored.length - 150;
  stored[at] = stored[at]! ^ 1;
  expect(() => interop.npz.load(stored)).toThrow(/the bytes of a\.npy do not add up to its check sum/);
});
