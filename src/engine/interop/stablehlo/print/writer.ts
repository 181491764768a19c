// Writes StableHLO in the generic form of MLIR, which every version of its parser reads: `"stablehlo.add"(%1, %2) <{…}> : (T, T) -> T loc(…)`. Values are
// numbered over all regions, since a region sees the names around it.
import { isComplex, isFloat, itemsize, realPart } from "../../../core/dtypes.ts";
import type { DType } from "../../../core/dtypes.ts";
import type { Eqn } from "../../../core/jaxpr.ts";
import { showNameStack } from "../../../core/trace.ts";
import { sizeOf } from "../../../core/aval.ts";
import type { Direction, ReduceKind, TensorType } from "../../../graph/graph.ts";
import { showNumber, showTensor } from "../../../graph/text.ts";
import { neutral } from "../../../core/neutral.ts";

/** A value of the text. */
export interface Ref {
  readonly name: string;
  readonly type: TensorType;
}
/** Attributes as they are written: `dimension` → `0 : i64`. */
export type Written = Readonly<Record<string, string>>;
/** A region: its parameters, and what gives its results from them. */
export interface Block {
  readonly takes: readonly TensorType[];
  readonly gives: (args: readonly Ref[]) => readonly Ref[];
}
export const typed = (shape: readonly number[], dtype: DType): TensorType => ({ shape, dtype });
export const i64s = (list: readonly number[]): string => (list.length ? `array<i64: ${list.join(", ")}>` : "array<i64>");
export const i64 = (n: number): string => `${n} : i64`;
/** Pairs for each axis: `dense<[[0, 1], [2, 3]]> : tensor<2x2xi64>`. */
export const pairs = (list: readonly (readonly [number, number])[]): string =>
  `dense<${list.length ? `[${list.map((p) => `[${p.join(", ")}]`).join(", ")}]` : ""}> : tensor<${list.length}x2xi64>`;

export class Writer {
  readonly lines: string[] = [];
  #next = 0;
  #indent = "    ";
  #location = "";

  /** What is written from now on comes from this equation. */
  from(origin: readonly Eqn[]): void {
    const eqn = origin[0];
    const frame = eqn?.source.frames[0];
    if (!eqn || !frame) {
      this.#location = eqn ? ` loc(${quoted(scopeOf(eqn))})` : "";
      return;
    }
    this.#location = ` loc(${quoted(scopeOf(eqn))}(${quoted(frame.file)}:${frame.line}:${frame.column}))`;
  }
  /** An operation with any number of results. `name` is whole: "stablehlo.add". */
  all(name: string, ins: readonly Ref[], outs: readonly TensorType[], attributes: Written = {}, blocks: readonly Block[] = []): Ref[] {
    const n = this.#next++;
    const result = outs.length > 1 ? `%${n}:${outs.length} = ` : outs.length ? `%${n} = ` : "";
    const entries = Object.entries(attributes);
    const properties = entries.length ? ` <{${entries.map(([k, v]) => (v === "" ? k : `${k} = ${v}`)).join(", ")}}>` : "";
    const takes = ins.map((x) => showTensor(x.type)).join(", ");
    const gives = outs.map(showTensor).join(", ");
    const signature = ` : (${takes}) -> ${outs.length === 1 ? gives : `(${gives})`}${this.#location}`;
    const head = `${result}"${name}"(${ins.map((x) => x.name).join(", ")})${properties}`;
    if (!blocks.length) this.#line(head + signature);
    else {
      this.#line(`${head} ({`);
      blocks.forEach((b, i) => {
        if (i) this.#line("}, {");
        this.#block(b);
      });
      this.#line(`})${signature}`);
    }
    return outs.map((type, i) => ({ name: outs.length > 1 ? `%${n}#${i}` : `%${n}`, type }));
  }
  #line(text: string): void {
    this.lines.push(this.#indent + text);
  }
  #block(b: Block): void {
    const args = b.takes.map((type): Ref => ({ name: `%${this.#next++}`, type }));
    if (args.length) this.#line(`^bb0(${args.map((a) => `${a.name}: ${showTensor(a.type)}`).join(", ")}):`);
    const before = this.#indent;
    this.#indent += "  ";
    const outs = b.gives(args);
    this.#line(`"stablehlo.return"(${outs.map((x) => x.name).join(", ")}) : (${outs.map((x) => showTensor(x.type)).join(", ")}) -> ()`);
    this.#indent = before;
  }
  // ---- operations that others are made of

  op(name: string, ins: readonly Ref[], out: TensorType, attributes: Written = {}): Ref {
    return this.all(name.includes(".") ? name : `stablehlo.${name}`, ins, [out], attributes)[0]!;
  }
  /** Of operands of one type, which is the result's too. */
  same(name: string, ...ins: readonly Ref[]): Ref {
    return this.op(name, ins, ins[0]!.type);
  }
  compare(direction: Direction, x: Ref, y: Ref, total = false): Ref {
    const { dtype } = x.type;
    const kind = isFloat(dtype) ? (total ? "TOTALORDER" : "FLOAT") : isComplex(dtype) ? "FLOAT" : /^(?:u|bool)/.test(dtype) ? "UNSIGNED" : "SIGNED";
    return this.op("compare", [x, y], typed(x.type.shape, "bool"), {
      comparison_direction: `#stablehlo<comparison_direction ${direction.toUpperCase()}>`,
      compare_type: `#stablehlo<comparison_type ${kind}>`,
    });
  }
  select(p: Ref, t: Ref, f: Ref): Ref {
    return this.op("select", [p, t, f], t.type);
  }
  convert(x: Ref, dtype: DType): Ref {
    return x.type.dtype === dtype ? x : this.op("convert", [x], typed(x.type.shape, dtype));
  }
  broadcast(x: Ref, shape: readonly number[], dims: readonly number[]): Ref {
    return this.op("broadcast_in_dim", [x], typed(shape, x.type.dtype), { broadcast_dimensions: i64s(dims) });
  }
  iota(type: TensorType, dim: number): Ref {
    return this.op("iota", [], type, { iota_dimension: i64(dim) });
  }
  /** One number at all places. */
  full(value: number | bigint, type: TensorType): Ref {
    return this.#constant(
      isComplex(type.dtype) ? `(${element(value, realPart(type.dtype))},${element(0, realPart(type.dtype))})` : element(value, type.dtype),
      type,
    );
  }
  /** Integers in a row. */
  integers(values: readonly number[], dtype: DType): Ref {
    return this.#constant(values.length ? `[${values.join(", ")}]` : "", typed([values.length], dtype));
  }
  constant(bytes: Uint8Array, type: TensorType): Ref {
    return this.#constant(dense(bytes, type), type);
  }
  #constant(text: string, type: TensorType): Ref {
    return this.op("constant", [], type, { value: `dense<${text}> : ${showTensor(type)}` });
  }
  real(x: Ref): Ref {
    return this.op("real", [x], typed(x.type.shape, realPart(x.type.dtype)));
  }
  imag(x: Ref): Ref {
    return this.op("imag", [x], typed(x.type.shape, realPart(x.type.dtype)));
  }
  /** The value that changes nothing when it is combined. */
  neutral(kind: ReduceKind, dtype: DType): Ref {
    return this.full(neutral(kind, isComplex(dtype) ? realPart(dtype) : dtype), typed([], dtype));
  }
  /** A reducer of one operation. */
  combine(name: string, dtype: DType): Block {
    const scalar = typed([], dtype);
    return { takes: [scalar, scalar], gives: ([a, b]) => [this.same(name, a!, b!)] };
  }
}
const quoted = (s: string): string => `"${s.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\0A")}"`;
const scopeOf = (e: Eqn): string => [showNameStack(e.source.nameStack), e.primitive.name].filter((s) => s !== "").join("/");

// ---- constants

/** A number as MLIR reads it: floats have a point, and those that are no numbers stand as their bits. */
function element(v: number | bigint, dtype: DType): string {
  if (isFloat(dtype) && !Number.isFinite(v)) return BITS[dtype]![Number.isNaN(v) ? 0 : Number(v) > 0 ? 1 : 2]!;
  const text = showNumber(v, dtype);
  return isFloat(dtype) && !text.includes(".") ? text.replace("e", ".0e") : text;
}
/** NaN, ∞ and −∞. */
const BITS: Readonly<Partial<Record<DType, readonly [string, string, string]>>> = {
  float64: ["0x7FF8000000000000", "0x7FF0000000000000", "0xFFF0000000000000"],
  float32: ["0x7FC00000", "0x7F800000", "0xFF800000"],
  float16: ["0x7E00", "0x7C00", "0xFC00"],
  bfloat16: ["0x7FC0", "0x7F80", "0xFF80"],
};
/** All elements: one that stands for all, truth values as words, others as their bytes. */
function dense(bytes: Uint8Array, type: TensorType): string {
  const count = sizeOf(type.shape);
  if (count === 0) return "";
  const width = itemsize(type.dtype);
  let same = true;
  for (let i = width; i < bytes.length && same; i++) same = bytes[i] === bytes[i - width];
  const one = same ? bytes.subarray(0, width) : bytes;
  if (type.dtype === "bool") {
    if (same) return one[0] ? "true" : "false";
    let at = 0;
    const list = (axis: number): string =>
      axis === type.shape.length
        ? bytes[at++]
          ? "true"
          : "false"
        : `[${Array.from({ length: type.shape[axis]! }, () => list(axis + 1)).join(", ")}]`;
    return list(0);
  }
  if (same && !isComplex(type.dtype) && (width === 4 || width === 8)) {
    const view = new DataView(one.buffer, one.byteOffset, width);
    if (isFloat(type.dtype)) {
      const v = width === 8 ? view.getFloat64(0, true) : view.getFloat32(0, true);
      // A NaN's own bits are kept.
      if (!Number.isNaN(v)) return element(v, type.dtype);
    } else if (width === 4) return String(type.dtype === "uint32" ? view.getUint32(0, true) : view.getInt32(0, true));
    else return String(type.dtype === "uint64" ? view.getBigUint64(0, true) : view.getBigInt64(0, true));
  }
  return `"0x${Array.from(one, (b) => HEX[b]).join("")}"`;
}
const HEX = Array.from({ length: 256 }, (_x, b) => b.toString(16).padStart(2, "0").toUpperCase());
