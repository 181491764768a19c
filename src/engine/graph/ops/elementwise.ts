// Elementwise operations with attributes, and those whose operands differ in type.
import { sameShape } from "../../core/aval.ts";
import { isFloat, itemsize } from "../../core/dtypes.ts";
import { elements, need, sameType, show, typed } from "./row.ts";
import { perElement, row } from "./common.ts";

export const ELEMENTWISE = {
  compare: row<"compare">(
    "elementwise",
    "compare",
    2,
    { direction: "comparison_direction", total: "total_order" },
    {
      ...perElement,
      infer: ([x, y]) => {
        need(sameType(x!, y!), () => `compare: the operands are ${show(x!)} and ${show(y!)}, expected equal types`);
        return [typed(x!.shape, "bool")];
      },
    },
  ),
  select: row<"select">(
    "elementwise",
    "select",
    3,
    {},
    {
      ...perElement,
      infer: ([p, t, f]) => {
        need(
          sameType(t!, f!) && p!.dtype === "bool" && sameShape(p!.shape, t!.shape),
          () => `select: the operands are ${show(p!)}, ${show(t!)} and ${show(f!)}, expected a bool and two equal types of one shape`,
        );
        return [t!];
      },
    },
  ),
  clamp: row<"clamp">(
    "elementwise",
    "clamp",
    3,
    {},
    {
      ...perElement,
      infer: ([lo, x, hi]) => {
        need(
          sameType(lo!, x!) && sameType(hi!, x!),
          () => `clamp: the operands are ${show(lo!)}, ${show(x!)} and ${show(hi!)}, expected equal types`,
        );
        return [x!];
      },
    },
  ),
  betainc: row<"betainc">(
    "elementwise",
    "regularized_incomplete_beta",
    3,
    {},
    {
      flops: 400,
      work: elements,
      infer: ([a, b, x]) => {
        need(
          sameType(a!, x!) && sameType(b!, x!) && isFloat(x!.dtype),
          () => `betainc: the operands are ${show(a!)}, ${show(b!)} and ${show(x!)}, expected equal floating types`,
        );
        return [x!];
      },
    },
  ),
  convert: row<"convert">("elementwise", "convert", 1, {}, { infer: ([x], _a, [t]) => [typed(x!.shape, t!.dtype)] }),
  bitcast: row<"bitcast">(
    "elementwise",
    "bitcast_convert",
    1,
    {},
    {
      infer: ([x], _a, [t]) => {
        need(itemsize(x!.dtype) === itemsize(t!.dtype), () => `bitcast: ${x!.dtype} and ${t!.dtype} differ in width`);
        return [typed(x!.shape, t!.dtype)];
      },
    },
  ),
  reduce_precision: row<"reduce_precision">(
    "elementwise",
    "reduce_precision",
    1,
    { exponentBits: "exponent_bits", mantissaBits: "mantissa_bits" },
    {
      ...perElement,
      infer: ([x], { exponentBits, mantissaBits }) => {
        need(
          isFloat(x!.dtype) && exponentBits > 0 && mantissaBits >= 0,
          () => `reduce_precision: ${exponentBits} exponent and ${mantissaBits} mantissa bits of ${x!.dtype}`,
        );
        return [x!];
      },
    },
  ),
};
