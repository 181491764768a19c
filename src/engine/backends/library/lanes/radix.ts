// The parts of a radix sort: elements become keys that compare as unsigned words, digits are counted, and keys move with the numbers of their elements,
// the lowest digit first. Equal keys keep their order. Source: Knuth, "The Art of Computer Programming", volume 3, section 5.2.5.
import type { Instr, Variable } from "../../../compiler/wasm/asm.ts";
import type { OpName } from "../../../compiler/wasm/opcodes.ts";
import { type Code, type Routine, laneFunctions } from "./code.ts";

const SIGN = -0x80000000;
/** Words of floating-point numbers as keys: NaN last, −0 as 0. @param infinity its bits, beyond which are the NaN */
function floatKey(c: Code, bits: Instr, infinity: number): { key: Instr; isSpecial: Instr } {
  const { a } = c;
  const isNan = c.i32("gt_u", c.i32("and", bits, 0x7fffffff), infinity);
  const isNegativeZero = c.i32("eq", bits, SIGN);
  const value = a.select("i32", a.i32(0), bits, isNegativeZero);
  const turned = c.i32("xor", value, c.i32("or", c.i32("shr_s", value, 31), SIGN));
  return { key: a.select("i32", a.i32(-1), turned, isNan), isSpecial: c.i32("or", isNan, isNegativeZero) };
}
/** Keys of the elements that `order` names, `stride` bytes apart. Whether there was a NaN or a −0 is added to the word at `flag`. */
const keysOf = (key: (c: Code, at: Instr) => { key: Instr; isSpecial?: Instr }): Routine => ({
  parameters: ["i32", "i32", "i32", "i32", "i32", "i32", "i32"],
  write: (c, x, order, keys, n, stride, flip, flag) => {
    const { a } = c;
    const special = c.index();
    each(c, n, keys, (to) => {
      const number = a.load("i32_load", c.i32("add", order, c.i32("sub", to, keys)), 0);
      const { key: k, isSpecial } = key(c, c.i32("add", x, c.i32("mul", number, stride)));
      a.store("i32_store", c.v(to), 0, c.i32("xor", k, flip));
      if (isSpecial) c.set(special, c.i32("or", special, isSpecial));
    });
    a.store("i32_store", c.v(flag), 0, c.i32("or", a.load("i32_load", c.v(flag), 0), special));
  },
});
/** A loop over n words from an address on. */
function each(c: Code, n: Variable, from: Variable, body: (at: Variable) => void): void {
  const at = c.index(from);
  c.below(at, c.i32("add", from, c.i32("shl", n, 2)), 4, () => body(at));
}
const word = (op: OpName, flip: number, offset = 0): Routine => keysOf((c, at) => ({ key: c.i32("xor", c.a.load(op, at, offset), flip) }));
const float = (op: OpName, shift: number, infinity: number, offset = 0): Routine =>
  keysOf((c, at) => floatKey(c, c.i32("shl", c.a.load(op, at, offset), shift), infinity));
/** A word of a double: both are turned by the sign of the high one. */
const double = (isHigh: boolean, offset = 0): Routine =>
  keysOf((c, at) => {
    const { a } = c;
    const [low, high] = [a.load("i32_load", at, offset), a.load("i32_load", at, offset + 4)];
    const size = c.i32("and", high, 0x7fffffff);
    const isNan = c.i32("or", c.i32("gt_u", size, 0x7ff00000), c.i32("and", c.i32("eq", size, 0x7ff00000), a.op("i32_ne", low, a.i32(0))));
    const isNegativeZero = c.i32("and", c.i32("eq", high, SIGN), c.i32("eq", low, 0));
    const sign = a.select("i32", a.i32(0), c.i32("shr_s", high, 31), isNegativeZero);
    const value = a.select("i32", a.i32(0), high, isNegativeZero);
    const key = isHigh ? c.i32("xor", value, c.i32("or", sign, SIGN)) : c.i32("xor", low, sign);
    return { key: a.select("i32", a.i32(-1), key, isNan) };
  });
/** out[i] = x[order[i]], elements `stride` bytes apart. */
const gather = (load: OpName, store: OpName): Routine => ({
  parameters: ["i32", "i32", "i32", "i32", "i32"],
  write: (c, x, order, out, n, stride) => {
    const to = c.index(out);
    each(c, n, order, (at) => {
      const from = c.i32("add", x, c.i32("mul", c.a.load("i32_load", c.v(at), 0), stride));
      c.a.store(store, c.v(to), 0, c.a.load(load, from, 0));
      c.step(to, stride);
    });
  },
});
const INFINITY_BITS = 0x7f800000;
/** Digits of a word: enough for long rows, and for short ones. */
export const DIGITS = { long: { bits: 11, count: 3 }, short: { bits: 8, count: 4 } } as const;
/** Counts all digits at once, in tables one after another. */
const counting = ({ bits, count }: { readonly bits: number; readonly count: number }): Routine => ({
  parameters: ["i32", "i32", "i32"],
  write: (c, keys, n, table) =>
    each(c, n, keys, (at) => {
      const key = c.a.load("i32_load", c.v(at), 0);
      for (let d = 0; d < count; d++) {
        const digit = c.i32("and", d === 0 ? key : c.i32("shr_u", key, d * bits), 2 ** bits - 1);
        const place = c.i32("add", table, c.i32("shl", digit, 2));
        c.a.store("i32_store", place, 4 * d * 2 ** bits, c.i32("add", c.a.load("i32_load", place, 4 * d * 2 ** bits), 1));
      }
    }),
});
/** Moves by one digit. `table` has where the next key of each digit goes, in bytes. */
const moving = (withOrder: boolean): Routine => ({
  parameters: ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"],
  write: (c, keys, order, toKeys, toOrder, n, shift, mask, table) =>
    each(c, n, keys, (at) => {
      const key = c.a.load("i32_load", c.v(at), 0);
      const place = c.i32("add", table, c.i32("shl", c.i32("and", c.i32("shr_u", key, shift), mask), 2));
      const to = c.a.load("i32_load", place, 0);
      c.a.store("i32_store", place, 0, c.i32("add", to, 4));
      c.a.store("i32_store", c.i32("add", toKeys, to), 0, key);
      if (withOrder) c.a.store("i32_store", c.i32("add", toOrder, to), 0, c.a.load("i32_load", c.i32("add", order, c.i32("sub", at, keys)), 0));
    }),
});
export const radix = laneFunctions({
  u8: word("i32_load8_u", 0),
  s8: word("i32_load8_s", SIGN),
  u16: word("i32_load16_u", 0),
  s16: word("i32_load16_s", SIGN),
  u32: word("i32_load", 0),
  s32: word("i32_load", SIGN),
  u32high: word("i32_load", 0, 4),
  s32high: word("i32_load", SIGN, 4),
  f16: float("i32_load16_u", 16, 0x7c000000),
  bf16: float("i32_load16_u", 16, INFINITY_BITS),
  f32: float("i32_load", 0, INFINITY_BITS),
  f32imaginary: float("i32_load", 0, INFINITY_BITS, 4),
  f64low: double(false),
  f64high: double(true),
  f64imaginaryLow: double(false, 8),
  f64imaginaryHigh: double(true, 8),
  gather1: gather("i32_load8_u", "i32_store8"),
  gather2: gather("i32_load16_u", "i32_store16"),
  gather4: gather("i32_load", "i32_store"),
  gather8: gather("i64_load", "i64_store"),
  gather16: gather("v128_load", "v128_store"),
  countLong: counting(DIGITS.long),
  countShort: counting(DIGITS.short),
  moveKeys: moving(false),
  movePairs: moving(true),
  /** 0, 1, 2, … */
  number: {
    parameters: ["i32", "i32"],
    write: (c, order, n) => each(c, n, order, (at) => c.a.store("i32_store", c.v(at), 0, c.i32("shr_u", c.i32("sub", at, order), 2))),
  },
  /** Counts become the places, in bytes, where the first of each goes. */
  places: {
    parameters: ["i32", "i32"],
    write: (c, table, n) => {
      const next = c.index();
      each(c, n, table, (at) => {
        const count = c.a.load("i32_load", c.v(at), 0);
        c.a.store("i32_store", c.v(at), 0, c.v(next));
        c.step(next, c.i32("shl", count, 2));
      });
    },
  },
  /** Short rows: each key goes in among those before it. */
  insert: {
    parameters: ["i32", "i32", "i32"],
    write: (c, keys, order, n) => {
      const { a } = c;
      const apart = c.i32("sub", order, keys);
      each(c, n, keys, (at) => {
        const key = a.load("i32_load", c.v(at), 0);
        const number = a.load("i32_load", c.i32("add", at, apart), 0);
        const hole = c.index(at);
        const before = c.index(at);
        // One step of the loop moves a larger key up; it ends at the row's start, or at a key that is no larger.
        a.when(c.i32("gt_u", at, keys), () => {
          a.nest("loop", 1, () => {
            c.set(before, c.i32("sub", hole, 4));
            const other = a.load("i32_load", c.v(before), 0);
            const isLarger = c.i32("gt_u", other, key);
            a.when(isLarger, () => {
              a.store("i32_store", c.v(hole), 0, other);
              a.store("i32_store", c.i32("add", hole, apart), 0, a.load("i32_load", c.i32("add", before, apart), 0));
              c.set(hole, before);
            });
            return c.i32("and", isLarger, c.i32("gt_u", hole, keys));
          });
        });
        a.store("i32_store", c.v(hole), 0, key);
        a.store("i32_store", c.i32("add", hole, apart), 0, number);
      });
    },
  },
  /** Keys of a sort without NaN and −0 become the elements again. */
  toFloats: restoring((c, key) => c.i32("xor", key, c.i32("or", c.a.op("i32_sub", c.a.i32(0), c.i32("eq", c.i32("shr_u", key, 31), 0)), SIGN))),
  toSigned: restoring((c, key) => c.i32("xor", key, SIGN)),
  toUnsigned: restoring((_c, key) => key),
});
function restoring(value: (c: Code, key: Instr) => Instr): Routine {
  return {
    parameters: ["i32", "i32", "i32", "i32"],
    write: (c, keys, out, n, stride) => {
      const to = c.index(out);
      each(c, n, keys, (at) => {
        c.a.store("i32_store", c.v(to), 0, value(c, c.a.load("i32_load", c.v(at), 0)));
        c.step(to, stride);
      });
    },
  };
}
