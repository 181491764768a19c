// The operations' own forms (`stablehlo.slice %0 [0:3]`, `stablehlo.while(%a = %b) … do {…}`): most follow one pattern, the others have a row here.
// What is read goes by the generic form's names of attributes.
import { type Attribute, Attributes, Dense, SymbolRef, readAttribute, readBraces, readProduct, readSymbol } from "./attributes.ts";
import { readTrailing } from "./locations.ts";
import type { Scanner } from "./scanner.ts";
import type { Block, Operation, Parameter } from "./syntax.ts";
import { readSignature, readType } from "./types.ts";

type Read = Pick<Operation, "operands" | "attributes" | "regions" | "gives">;
interface Begun {
  readonly name: string;
  /** How many results the text names. */
  readonly results: number;
  /** Reads a region, whose parameters are `own` where its block has no label. */
  region(own?: readonly Parameter[]): Block;
}
export type Form = (s: Scanner, of: Begun) => Read;

/** Names of attributes in the operations' own forms → in the generic one. */
const RENAMED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  broadcast_in_dim: { dims: "broadcast_dimensions" },
  transpose: { dims: "permutation" },
  reverse: { dims: "dimensions" },
  iota: { dim: "iota_dimension" },
  concatenate: { dim: "dimension" },
  dynamic_slice: { sizes: "slice_sizes" },
  pad: { low: "edge_padding_low", high: "edge_padding_high", interior: "interior_padding" },
  fft: { type: "fft_type", length: "fft_length" },
  rng_bit_generator: { algorithm: "rng_algorithm" },
};
/** `name %a, %b, key = value, WORD {…} : types`. */
export const ORDINARY: Form = (s, { name, results }) => {
  const operands: string[] = [];
  const attributes = new Attributes();
  const words: string[] = [];
  const renamed = RENAMED[name] ?? {};
  while (!s.is(":")) {
    if (s.is("%")) operands.push(s.value());
    else if (s.is("@")) attributes.set("callee", new SymbolRef(readSymbol(s)!));
    else if (s.is("{")) readBraces(s).forEach((v, k) => attributes.set(k, v));
    else if (s.is("<")) s.balanced("<");
    else if (s.is('"')) attributes.set("label", s.string()!);
    else if (s.is("[")) attributes.set("ranges", s.balanced("["));
    else if (!s.accept(",") && !s.accept("(") && !s.accept(")")) {
      const word = s.peekWord();
      if (word === null || word === "loc") break;
      s.word();
      if (s.accept("=")) attributes.set(renamed[word] ?? word, readProduct(s));
      else words.push(word);
    }
  }
  if (words.length) attributes.set("words", words);
  // What returns nothing has no types.
  if (!s.accept(":")) return /return$/.test(name) ? { operands, attributes, regions: [], gives: [] } : s.fail("a colon and types");
  return { operands, attributes, regions: [], gives: readSignature(s, results).gives };
};
const constant: Form = (s) => {
  const attributes = s.is("{") ? readBraces(s) : new Attributes();
  const value = readAttribute(s, false);
  // The type of the elements is the operation's own.
  if (value instanceof Dense && value.type) return { operands: [], attributes: attributes.set("value", value), regions: [], gives: [value.type] };
  s.expect(":");
  return { operands: [], attributes: attributes.set("value", value), regions: [], gives: [readType(s)] };
};
/** `compare LT, %0, %1, FLOAT : …`. */
const compare: Form = (s, of) => {
  const read = ORDINARY(s, of);
  const [direction, type] = read.attributes.get("words") as readonly string[];
  read.attributes.set("comparison_direction", direction!);
  if (type !== undefined) read.attributes.set("compare_type", type);
  return read;
};
/** `slice %0 [0:3, 1:9:2] : …`. */
const slice: Form = (s, of) => {
  const read = ORDINARY(s, of);
  const text = String(read.attributes.get("ranges") ?? "").trim();
  const ranges = text === "" ? [] : text.split(",").map((r) => r.split(":").map(Number));
  const set = (name: string, at: number, otherwise: number): void =>
    void read.attributes.set(
      name,
      ranges.map((r) => r[at] ?? otherwise),
    );
  set("start_indices", 0, 0);
  set("limit_indices", 1, 0);
  set("strides", 2, 1);
  return read;
};
const dotGeneral: Form = (s, of) => {
  const read = ORDINARY(s, of);
  const pair = (name: string): readonly Attribute[] => (read.attributes.get(name) as readonly Attribute[] | undefined) ?? [[], []];
  const [lhsBatch, rhsBatch] = pair("batching_dims");
  const [lhsContract, rhsContract] = pair("contracting_dims");
  read.attributes.set(
    "dot_dimension_numbers",
    new Attributes([
      ["lhs_batching_dimensions", lhsBatch!],
      ["rhs_batching_dimensions", rhsBatch!],
      ["lhs_contracting_dimensions", lhsContract!],
      ["rhs_contracting_dimensions", rhsContract!],
    ]),
  );
  return read;
};
/** `convolution(%0, %1) dim_numbers = [b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1], window = {…} {…} : …`. */
const convolution: Form = (s, { results }) => {
  const operands = s.list("(", () => s.value());
  const attributes = new Attributes();
  s.expect("dim_numbers");
  s.expect("=");
  const lhs = s.balanced("[");
  s.expect("x");
  const rhs = s.balanced("[");
  s.expect("->");
  attributes.set("dimension_numbers", `[${lhs}]x[${rhs}]->[${s.balanced("[")}]`);
  while (s.accept(",")) {
    s.expect("window");
    s.expect("=");
    const names: Readonly<Record<string, string>> = {
      stride: "window_strides",
      pad: "padding",
      lhs_dilate: "lhs_dilation",
      rhs_dilate: "rhs_dilation",
      reverse: "window_reversal",
    };
    readBraces(s).forEach((v, k) => attributes.set(names[k] ?? k, v));
  }
  if (s.is("{")) readBraces(s).forEach((v, k) => attributes.set(k, v));
  s.expect(":");
  return { operands, attributes, regions: [], gives: readSignature(s, results).gives };
};
/** `reduce(%0 init: %1), (%2 init: %3) [applies stablehlo.add] across dimensions = [0] : … [reducer(…) (…) {…}]`. */
const reduce: Form = (s, { results, region }) => {
  const operands: string[] = [];
  const inits: string[] = [];
  do {
    s.expect("(");
    operands.push(s.value());
    s.expect("init");
    s.expect(":");
    inits.push(s.value());
    s.expect(")");
  } while (s.accept(","));
  const attributes = new Attributes();
  if (s.peekWord() === "applies") {
    s.word();
    attributes.set("applies", (s.word() ?? s.fail("an operation")).replace(/^stablehlo\./, ""));
  }
  s.expect("across");
  s.expect("dimensions");
  s.expect("=");
  attributes.set("dimensions", readAttribute(s, false));
  if (s.is("{")) readBraces(s).forEach((v, k) => attributes.set(k, v));
  s.expect(":");
  const { gives } = readSignature(s, results);
  const regions: Block[] = [];
  if (s.peekWord() === "reducer") {
    s.word();
    // One pair (accumulator, element) for each operand; the region's parameters are all accumulators, then all elements.
    const pairs: Parameter[][] = [];
    while (s.is("("))
      pairs.push(
        s.list("(", () => {
          const name = s.value();
          s.expect(":");
          const type = readType(s);
          readTrailing(s);
          return { name, type };
        }),
      );
    regions.push(region([0, 1].flatMap((k) => pairs.map((p) => p[k]!))));
  }
  return { operands: [...operands, ...inits], attributes, regions, gives };
};
/** `while(%a = %0, %b = %1) : T, T [attributes {…}] cond {…} do {…}`. */
const whileForm: Form = (s, { region }) => {
  const names: string[] = [];
  const operands = s.list("(", () => {
    names.push(s.value());
    s.expect("=");
    return s.value();
  });
  const gives = s.accept(":") ? readSignature(s, operands.length).gives : [];
  const attributes = new Attributes();
  if (s.peekWord() === "attributes") {
    s.word();
    readBraces(s).forEach((v, k) => attributes.set(k, v));
  }
  const parameters = names.map((name, i) => ({ name, type: gives[i]! }));
  s.expect("cond");
  const cond = region(parameters);
  s.expect("do");
  return { operands, attributes, regions: [cond, region(parameters)], gives };
};
/** `sdy.manual_computation(%0) in_shardings=[…] out_shardings=[…] manual_axes={…} (%a: T) {…} : (T) -> T`: what each device does by itself. */
const manualComputation: Form = (s, { results, region }) => {
  const operands = s.list("(", () => s.value());
  while (s.word() !== null) {
    s.expect("=");
    s.balanced(s.is("[") ? "[" : "{");
  }
  const parameters = s.list("(", (): Parameter => {
    const name = s.value();
    s.expect(":");
    return { name, type: readType(s) };
  });
  const regions = [region(parameters)];
  s.expect(":");
  return { operands, attributes: new Attributes(), regions, gives: readSignature(s, results).gives };
};

export const FORMS: Readonly<Record<string, Form>> = {
  constant,
  compare,
  slice,
  dot_general: dotGeneral,
  convolution,
  reduce,
  while: whileForm,
  "sdy.manual_computation": manualComputation,
};
