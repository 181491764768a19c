// What console.log shows of arrays and tracers: the values, dtype and weak type of an array as JAX prints them, the type and line of a traced value.
import { isComplex, isFloat } from "../core/dtypes.ts";
import { type Nested, NDArray, Tracer, Value } from "../core/value.ts";

/** A float as NumPy writes it: whole numbers keep their point. */
function float(x: number): string {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x < 0 ? "-inf" : "inf";
  const text = String(+x.toPrecision(8));
  return Number.isInteger(+text) && !text.includes("e") ? `${Object.is(x, -0) ? "-0" : text}.` : text;
}
/** More rows or elements than this are shortened in the middle to three on each side, as NumPy does from 1,000 elements on. */
const SHORTENED_FROM = 1000;
function element(v: Nested, x: NDArray): string {
  if (typeof v === "object" && v !== null && "re" in v)
    return `${float(v.re)}${v.im < 0 || Object.is(v.im, -0) ? "-" : "+"}${float(Math.abs(v.im))}j`;
  if (typeof v === "boolean") return v ? "True" : "False";
  return isFloat(x.dtype) || isComplex(x.dtype) ? float(Number(v)) : String(v);
}
function list(v: Nested, x: NDArray, indent: number): string {
  if (!Array.isArray(v)) return element(v, x);
  const rows = v as readonly Nested[],
    short = x.size > SHORTENED_FROM && rows.length > 6,
    shown = (short ? [...rows.slice(0, 3), ...rows.slice(-3)] : rows).map((r) => list(r, x, indent + 1));
  if (short) shown.splice(3, 0, "...");
  const nested = Array.isArray(rows[0]),
    separator = nested ? `,${"\n".repeat(Array.isArray((rows[0] as readonly Nested[])[0]) ? 2 : 1)}${" ".repeat(indent + 1)}` : ", ";
  return `[${shown.join(separator)}]`;
}
/** Printing reads every element: of larger arrays the type says enough. */
const LARGEST = 10_000;
/** `Array([1., 2.], dtype=float32)`; of a traced value its type and where it comes from: `Traced<float32[3]> (the result of mul at f.ts:3:9)`. */
export function inspect(v: Value): string {
  const type = `${v.dtype}[${v.shape.join()}]`;
  if (v instanceof Tracer) {
    const origin = v.origin().replace(/^is /, "");
    return `Traced<${type}>${origin ? ` (${origin})` : ""}`;
  }
  if (v.size > LARGEST) return `Array(${type})`;
  if (!(v instanceof NDArray) || v.isDeleted || v.dtype.startsWith("key")) return String(v);
  const shape = v.size === 0 && v.shape.join() !== "0" ? `, shape=(${v.shape.join(", ")}${v.ndim === 1 ? "," : ""})` : "",
    values = v.size === 0 ? "[]" : list(v.tolist(), v, "Array(".length);
  return `Array(${values}${shape}, dtype=${v.dtype}${v.weakType ? ", weak_type=True" : ""})`;
}
// Node and the debuggers built on it look for this symbol.
Object.defineProperty(Value.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value: function (this: Value) {
    return inspect(this);
  },
  configurable: true,
});
