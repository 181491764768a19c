// The functions that generated C calls, by name, each made when a kernel needs it: gcc takes longer to read a header of all intrinsics than to compile a
// kernel. Where the vector types' own operators have no form, the compiler's built-in function for the instruction stands beside one that any processor can do.
import {
  type HalfForm,
  type HalfOp,
  bfloat16Bits,
  bfloat16Value,
  float16Bits,
  float16Value,
  roundToBfloat16,
  roundToFloat16,
} from "../kernel/halfForm.ts";

const TYPES = `typedef signed char i8;
typedef unsigned char u8;
typedef short i16;
typedef unsigned short u16;
typedef int i32;
typedef unsigned u32;
typedef long long i64;
typedef unsigned long long u64;
typedef float f32;
typedef double f64;
#define FN static inline __attribute__((always_inline))
`;
/** Vectors of n elements; those ending in _u lie anywhere in memory. */
const vectorTypes = (n: number): string => `typedef f32 f32x${n} __attribute__((vector_size(${4 * n})));
typedef i32 i32x${n} __attribute__((vector_size(${4 * n})));
typedef u32 u32x${n} __attribute__((vector_size(${4 * n})));
typedef i64 i64x${n / 2} __attribute__((vector_size(${4 * n})));
typedef u16 u16x${n} __attribute__((vector_size(${2 * n}), aligned(2), may_alias));
typedef u8 u8x${n} __attribute__((vector_size(${n}), aligned(1), may_alias));
typedef i16 i16x${n} __attribute__((vector_size(${2 * n}), aligned(2), may_alias));
typedef i8 i8x${n} __attribute__((vector_size(${n}), aligned(1), may_alias));
typedef f32x${n} f32x${n}_u __attribute__((aligned(4), may_alias));
typedef i32x${n} i32x${n}_u __attribute__((aligned(4), may_alias));
`;
/** Everything that kernels stand behind in a file: types for the widths of their vectors, and the functions that they call. */
export function prelude(names: Iterable<string>, widths: readonly number[]): string {
  const done = new Set<string>();
  const parts: string[] = [];
  const add = (name: string): void => {
    if (done.has(name)) return;
    done.add(name);
    const { needs, text } = helper(name);
    for (const n of needs) add(n);
    parts.push(text);
  };
  for (const name of [...names].sort()) add(name);
  return [TYPES, ...widths.map(vectorTypes), ...parts].join("");
}
interface Helper {
  readonly needs: readonly string[];
  readonly text: string;
}
/** Makes a function by its name: what it does, and on how many elements (`f32`: on one). */
function helper(name: string): Helper {
  const [, what = "", lanes] = /^(.*?)(?:_?x(\d+))?$/.exec(name) ?? [];
  const make = lanes ? LANES[what] : SCALARS[what];
  if (!make) throw new Error(`the prelude of C has no function ${name}`);
  const made = make(Number(lanes ?? 1));
  return typeof made === "string" ? { needs: [], text: made } : made;
}
const each = (n: number, f: (k: number) => string): string => Array.from({ length: n }, (_x, k) => f(k)).join(", ");

// ---- on one element
const extreme = (op: "max" | "min", t: "f32" | "f64"): string => {
  const bits = t === "f32" ? "u32" : "u64";
  return `FN ${t} ${op}_${t}(${t} x, ${t} y) {
  if (x != x || y != y) return x + y;
  if (x == y) { union { ${t} f; ${bits} i; } a = { x }, b = { y }; a.i ${op === "max" ? "&" : "|"}= b.i; return a.f; }
  return x ${op === "max" ? ">" : "<"} y ? x : y;
}
`;
};
/** From the least to the largest value of the type; NaN is 0. Both bounds are exact as floats, the upper one is one more than the largest. */
const saturate = (t: "i32" | "u32" | "i64" | "u64", f: "f32" | "f64"): string => {
  const s = f === "f32" ? "f" : "";
  const [high, most, low, least] = {
    i32: [`2147483648.0${s}`, "2147483647", `-2147483648.0${s}`, "(-2147483647 - 1)"],
    u32: [`4294967296.0${s}`, "4294967295u", `0.0${s}`, "0"],
    i64: [`9223372036854775808.0${s}`, "9223372036854775807LL", `-9223372036854775808.0${s}`, "(-9223372036854775807LL - 1)"],
    u64: [`18446744073709551616.0${s}`, "18446744073709551615ULL", `0.0${s}`, "0"],
  }[t];
  return `FN ${t} sat_${t}_${f}(${f} x) { return x != x ? 0 : x >= ${high} ? ${most} : x <= ${low} ? ${least} : (${t})x; }\n`;
};
const reinterpret = (to: string, from: string): string =>
  `FN ${to} bits_${to}_${from}(${from} x) { union { ${from} a; ${to} b; } u = { x }; return u.b; }\n`;
const SYMBOLS: Partial<Record<HalfOp, string>> = { add: "+", sub: "-", and: "&", or: "|", addFloat: "+", subFloat: "-", mulFloat: "*" };
const decimal = (v: number): string => (Number.isInteger(v) && v < 1e15 ? `${v}.0f` : `${v}f`);
const integer = (v: number): string => ((v | 0) === -(2 ** 31) ? "(-2147483647 - 1)" : `(${v | 0})`);
const scalarForm: HalfForm<string> = {
  integer,
  float: decimal,
  bits: (x) => `bits_i32_f32(${x})`,
  value: (x) => `bits_f32_i32(${x})`,
  choose: (mask, yes, no) => `(${mask} ? ${yes} : ${no})`,
  shift: (op, x, by) => `(i32)((u32)${x} ${op === "shl" ? "<<" : ">>"} ${by})`,
  op: (op, x = "", y = "") => (op === "below" ? `(${x} < ${y})` : op === "same" ? `(${x} == ${y})` : `(${x} ${SYMBOLS[op]} ${y})`),
};
const scalarHalf = (name: string, from: string, to: string, formula: (f: HalfForm<string>, x: string) => string): Helper => ({
  needs: ["bits_i32_f32", "bits_f32_i32"],
  text: `FN ${to} ${name}_f32(${from} x) { return ${formula(scalarForm, "x")}; }\n`,
});
const SCALARS: Readonly<Record<string, () => string | Helper>> = {
  max_f32: () => extreme("max", "f32"),
  min_f32: () => extreme("min", "f32"),
  max_f64: () => extreme("max", "f64"),
  min_f64: () => extreme("min", "f64"),
  ...Object.fromEntries(
    (["i32", "u32", "i64", "u64"] as const).flatMap((t) => (["f32", "f64"] as const).map((f) => [`sat_${t}_${f}`, () => saturate(t, f)] as const)),
  ),
  fence: () => FENCE,
  bits_i32_f32: () => reinterpret("i32", "f32"),
  bits_f32_i32: () => reinterpret("f32", "i32"),
  bits_i64_f64: () => reinterpret("i64", "f64"),
  bits_f64_i64: () => reinterpret("f64", "i64"),
  round_bfloat16_f32: () => scalarHalf("round_bfloat16", "f32", "f32", roundToBfloat16),
  round_float16_f32: () => scalarHalf("round_float16", "f32", "f32", roundToFloat16),
  bfloat16_bits_f32: () => scalarHalf("bfloat16_bits", "f32", "i32", bfloat16Bits),
  float16_bits_f32: () => scalarHalf("float16_bits", "f32", "i32", float16Bits),
  bfloat16_value_f32: () => scalarHalf("bfloat16_value", "i32", "f32", bfloat16Value),
  float16_value_f32: () => scalarHalf("float16_value", "i32", "f32", float16Value),
};

// ---- on vectors
/** The built-in functions of x86 by width, under gcc and clang, where the processor has the instruction. */
interface X86 {
  readonly gcc: Readonly<Record<number, string>>;
  readonly clang: Readonly<Record<number, string>>;
}
const FEATURE: Readonly<Record<number, string>> = { 4: "__SSE4_1__", 8: "__AVX__", 16: "__AVX512F__" };
const guarded = (n: number, x86: X86, otherwise: string): string => {
  const by = (compiler: keyof X86): string => (x86[compiler][n] ? `return ${x86[compiler][n]};` : otherwise);
  const [gcc, clang] = [by("gcc"), by("clang")];
  if (gcc === clang) return gcc === otherwise ? `  ${otherwise}\n` : `#if defined(${FEATURE[n]})\n  ${gcc}\n#else\n  ${otherwise}\n#endif\n`;
  return `#if defined(${FEATURE[n]}) && defined(__clang__)\n  ${clang}\n#elif defined(${FEATURE[n]})\n  ${gcc}\n#else\n  ${otherwise}\n#endif\n`;
};
const both = (by: Readonly<Record<number, string>>): X86 => ({ gcc: by, clang: by });
/** y where x < y (max), else x: it loses a NaN in y and the sign of the zero in y. */
const quick = (op: "max" | "min", n: number): Helper => ({
  needs: [`select_f32x${n}`],
  text: `FN f32x${n} p${op}_f32x${n}(f32x${n} x, f32x${n} y) {
${guarded(
  n,
  {
    gcc: { 4: `__builtin_ia32_${op}ps(y, x)`, 8: `__builtin_ia32_${op}ps256(y, x)`, 16: `__builtin_ia32_${op}ps512_mask(y, x, y, -1, 4)` },
    clang: { 4: `__builtin_ia32_${op}ps(y, x)`, 8: `__builtin_ia32_${op}ps256(y, x)`, 16: `__builtin_ia32_${op}ps512(y, x, 4)` },
  },
  `return select_f32x${n}((i32x${n})(${op === "max" ? "x < y" : "y < x"}), y, x);`,
)}}
`,
});
/** What wasm/extremes.ts does: NaN comes out wherever one goes in, and zeros of both signs are told apart. */
const extremes = (op: "max" | "min", n: number): Helper => ({
  needs: [`p${op}_f32x${n}`],
  text: `FN f32x${n} ${op}_f32x${n}(f32x${n} x, f32x${n} y) {
  const i32x${n} differ = (i32x${n})(x != y), nan = (i32x${n})(y != y), first = (i32x${n})p${op}_f32x${n}(x, y);
  return (f32x${n})((first ${op === "max" ? `& ((i32x${n})y | differ)` : `| ((i32x${n})y & ~differ)`}) | nan);
}
`,
});
/** Rounding to an integer, by the number that the instruction takes (no exceptions), or element by element. */
const rounding = (name: string, how: number, fn: string, n: number): string => `FN f32x${n} ${name}_f32x${n}(f32x${n} x) {
${guarded(
  n,
  both({
    4: `__builtin_ia32_roundps(x, ${how})`,
    8: `__builtin_ia32_roundps256(x, ${how})`,
    16: `__builtin_ia32_rndscaleps_mask(x, ${how}, x, -1, 4)`,
  }),
  `return (f32x${n}){${each(n, (k) => `__builtin_${fn}f(x[${k}])`)}};`,
)}}
`;
/** gcc does not fit 4 or 8 square roots together by itself; clang does. */
const squareRoot = (n: number): string => `FN f32x${n} sqrt_f32x${n}(f32x${n} x) {
${guarded(
  n,
  {
    gcc: { 4: "__builtin_ia32_sqrtps(x)", 8: "__builtin_ia32_sqrtps256(x)", 16: "__builtin_ia32_sqrtps512_mask(x, x, -1, 4)" },
    clang: { 16: "__builtin_ia32_sqrtps512(x, 4)" },
  },
  `return (f32x${n}){${each(n, (k) => `__builtin_sqrtf(x[${k}])`)}};`,
)}}
`;
const splats = (t: "f32" | "i32", n: number): string => `FN ${t}x${n} splat_${t}x${n}(${t} x) { return (${t}x${n}){${each(n, () => "x")}}; }\n`;
const selects = (t: "f32" | "i32", n: number): string =>
  `FN ${t}x${n} select_${t}x${n}(i32x${n} m, ${t}x${n} yes, ${t}x${n} no) { return (${t}x${n})((m & (i32x${n})yes) | (~m & (i32x${n})no)); }\n`;
const laneForm = (n: number): HalfForm<string> => {
  const i = `i32x${n}`;
  return {
    integer: (v) => `splat_i32x${n}(${integer(v)})`,
    float: (v) => `splat_f32x${n}(${decimal(v)})`,
    bits: (x) => `(${i})${x}`,
    value: (x) => `((f32x${n})${x})`,
    choose: (mask, yes, no) => `select_i32x${n}(${mask}, ${yes}, ${no})`,
    shift: (op, x, by) => `((${i})((u32x${n})${x} ${op === "shl" ? "<<" : ">>"} ${by}))`,
    op: (op, x = "", y = "") => (op === "below" ? `(${i})(${x} < ${y})` : op === "same" ? `(${i})(${x} == ${y})` : `(${x} ${SYMBOLS[op]} ${y})`),
  };
};
const laneHalf = (name: string, from: "f32" | "i32", to: "f32" | "i32", n: number, formula: (f: HalfForm<string>, x: string) => string): Helper => ({
  needs: [`splat_i32x${n}`, `splat_f32x${n}`, `select_i32x${n}`],
  text: `FN ${to}x${n} ${name}_f32x${n}(${from}x${n} x) { return ${formula(laneForm(n), "x")}; }\n`,
});
/**
 * A conversion to float16 by the processor's instruction, which gcc has for eight elements; sixteen are two halves. NaN is as the formula has it.
 * @param quick lines for eight elements
 */
function halfInstruction(name: string, to: "f32" | "i32", n: number, quick: string, formula: Helper): Helper {
  const head = `FN ${to}x${n} ${name}_f32x${n}(f32x${n} x) {`;
  const halves = `  union { f32x16 whole; f32x8 half[2]; } from = { x };
  union { ${to}x8 half[2]; ${to}x16 whole; } to = { { ${name}_f32x8(from.half[0]), ${name}_f32x8(from.half[1]) } };
  return to.whole;`;
  if (n === 4) return formula;
  return {
    needs: [...formula.needs, ...(n === 16 ? [`${name}_f32x8`] : ["splat_i32x8"])],
    text: `#if defined(__F16C__) && !defined(__clang__)\n${head}\n${n === 16 ? halves : quick}\n}\n#else\n${formula.text}#endif\n`,
  };
}
const ROUND_QUICK = `  const i32x8 same = (i32x8)(x == x), bits = (i32x8)__builtin_ia32_vcvtph2ps256(__builtin_ia32_vcvtps2ph256(x, 0));
  return (f32x8)((same & bits) | (~same & (((i32x8)x & splat_i32x8((-2147483647 - 1))) | splat_i32x8(0x7fc00000))));`;
const BITS_QUICK = `  typedef u16 halves __attribute__((vector_size(16)));
  const i32x8 same = (i32x8)(x == x), bits = (i32x8)x, half = __builtin_convertvector((halves)__builtin_ia32_vcvtps2ph256(x, 0), i32x8);
  const i32x8 nan = ((bits >> 13) & 0x3ff) | ((i32x8)((u32x8)bits >> 16) & 0x8000) | 0x7c00;
  return (same & half) | (~same & nan);`;
/** A store past the caches, where it lies as the instruction wants it; what follows sees it after a fence. */
const streamed = (n: number): string => `FN void stream_f32x${n}(char *p, f32x${n} x) {
#if defined(__x86_64__) && defined(${FEATURE[n]})
  if (((u64)p & ${4 * n - 1}) == 0) {
#if defined(__clang__)
    __builtin_nontemporal_store(x, (f32x${n} *)p);
#else
    __builtin_ia32_movntps${n === 4 ? "" : 32 * n}((f32 *)p, x);
#endif
    return;
  }
#endif
  *(f32x${n}_u *)p = x;
}
`;
const FENCE = `FN void fence(void) {
#if defined(__x86_64__)
  __builtin_ia32_sfence();
#endif
}
`;
const convert = (x: string, to: string): string => `__builtin_convertvector(${x}, ${to})`;
const LANES: Readonly<Record<string, (n: number) => string | Helper>> = {
  splat_f32: (n) => splats("f32", n),
  splat_i32: (n) => splats("i32", n),
  select_f32: (n) => selects("f32", n),
  select_i32: (n) => selects("i32", n),
  pmax_f32: (n) => quick("max", n),
  pmin_f32: (n) => quick("min", n),
  max_f32: (n) => extremes("max", n),
  min_f32: (n) => extremes("min", n),
  floor_f32: (n) => rounding("floor", 9, "floor", n),
  ceil_f32: (n) => rounding("ceil", 10, "ceil", n),
  trunc_f32: (n) => rounding("trunc", 11, "trunc", n),
  round_even_f32: (n) => rounding("round_even", 8, "rint", n),
  sqrt_f32: squareRoot,
  stream_f32: streamed,
  // Outside of the type a conversion is undefined in C: what is outside is replaced before.
  sat_i32: (n) => ({
    needs: [`select_f32x${n}`, `select_i32x${n}`, `splat_f32x${n}`, `splat_i32x${n}`],
    text: `FN i32x${n} sat_i32x${n}(f32x${n} x) {
  const f32x${n} low = splat_f32x${n}(-2147483648.0f);
  const i32x${n} high = (i32x${n})(x >= 2147483648.0f), none = high | (i32x${n})(x != x);
  const f32x${n} y = select_f32x${n}(none, splat_f32x${n}(0.0f), select_f32x${n}((i32x${n})(x < low), low, x));
  return select_i32x${n}(high, splat_i32x${n}(2147483647), ${convert("y", `i32x${n}`)});
}
`,
  }),
  sat_u32: (n) => ({
    needs: [`select_f32x${n}`, `select_i32x${n}`, `splat_f32x${n}`, `splat_i32x${n}`],
    text: `FN i32x${n} sat_u32x${n}(f32x${n} x) {
  const i32x${n} high = (i32x${n})(x >= 4294967296.0f), inside = ~high & (i32x${n})(x > 0.0f);
  const f32x${n} y = select_f32x${n}(inside, x, splat_f32x${n}(0.0f));
  return select_i32x${n}(high, splat_i32x${n}(-1), (i32x${n})${convert("y", `u32x${n}`)});
}
`,
  }),
  round_bfloat16_f32: (n) => laneHalf("round_bfloat16", "f32", "f32", n, roundToBfloat16),
  round_float16_f32: (n) => halfInstruction("round_float16", "f32", n, ROUND_QUICK, laneHalf("round_float16", "f32", "f32", n, roundToFloat16)),
  bfloat16_bits_f32: (n) => laneHalf("bfloat16_bits", "f32", "i32", n, bfloat16Bits),
  float16_bits_f32: (n) => halfInstruction("float16_bits", "i32", n, BITS_QUICK, laneHalf("float16_bits", "f32", "i32", n, float16Bits)),
  bfloat16_value_f32: (n) => laneHalf("bfloat16_value", "i32", "f32", n, bfloat16Value),
  float16_value_f32: (n) => laneHalf("float16_value", "i32", "f32", n, float16Value),
  load_bool: (n) => `FN i32x${n} load_bool_x${n}(const char *p) { return -${convert(`*(const u8x${n} *)p`, `i32x${n}`)}; }\n`,
  store_bool: (n) => `FN void store_bool_x${n}(char *p, i32x${n} x) { *(u8x${n} *)p = ${convert("(x & 1)", `u8x${n}`)}; }\n`,
  ...Object.fromEntries(
    (["i8", "u8", "i16", "u16"] as const).flatMap((t) => [
      [`load_${t}`, (n: number) => `FN i32x${n} load_${t}_x${n}(const char *p) { return ${convert(`*(const ${t}x${n} *)p`, `i32x${n}`)}; }\n`],
      [`store_${t}`, (n: number) => `FN void store_${t}_x${n}(char *p, i32x${n} x) { *(${t}x${n} *)p = ${convert("x", `${t}x${n}`)}; }\n`],
    ]),
  ),
  any_i32: (n) =>
    `FN i32 any_i32x${n}(i32x${n} m) { const i64x${n / 2} v = (i64x${n / 2})m; return (${each(n / 2, (k) => `v[${k}]`).replaceAll(", ", " | ")}) != 0; }\n`,
  // Fused where the processor does so: products alone use it (docs/NUMERICS.md).
  fma_f32: (n) => `FN f32x${n} fma_f32x${n}(f32x${n} x, f32x${n} y, f32x${n} z) {
#if defined(__clang__) && (defined(__FMA__) || defined(__aarch64__))
  #pragma clang fp contract(fast)
  return x * y + z;
#elif defined(__FMA__) && ${n === 16 ? "defined(__AVX512F__)" : "1"}
  return ${n === 4 ? "__builtin_ia32_vfmaddps(x, y, z)" : n === 8 ? "__builtin_ia32_vfmaddps256(x, y, z)" : "__builtin_ia32_vfmaddps512_mask(x, y, z, -1, 4)"};
#elif defined(__aarch64__) && ${n} == 4
  return __builtin_aarch64_fmav4sf(x, y, z);
#else
  return x * y + z;
#endif
}
`,
};
