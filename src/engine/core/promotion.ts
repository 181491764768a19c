// JAX's type promotion lattice (docs/type_promotion): the result of mixing types is their least upper bound.
import { type DType, canonicalize, kindOf } from "./dtypes.ts";
import { TypePromotionError } from "./errors.ts";
import { config } from "./config.ts";

type Point = DType | "i*" | "f*" | "c*";
/** Each type points at the types directly above it. The starred points are the weak types: a Python (here JavaScript) scalar. */
const ABOVE: Readonly<Partial<Record<Point, readonly Point[]>>> = {
  bool: ["i*"],
  "i*": ["uint8", "int8"],
  uint8: ["int16", "uint16"],
  uint16: ["int32", "uint32"],
  uint32: ["int64", "uint64"],
  uint64: ["f*"],
  int8: ["int16"],
  int16: ["int32"],
  int32: ["int64"],
  int64: ["f*"],
  "f*": ["c*", "bfloat16", "float16"],
  bfloat16: ["float32"],
  float16: ["float32"],
  float32: ["float64", "complex64"],
  float64: ["complex128"],
  "c*": ["complex64"],
  complex64: ["complex128"],
};

const upperBounds = new Map<Point, Set<Point>>();
function boundsOf(p: Point): Set<Point> {
  let set = upperBounds.get(p);
  if (!set) {
    set = new Set([p]);
    for (const q of ABOVE[p] ?? []) for (const r of boundsOf(q)) set.add(r);
    upperBounds.set(p, set);
  }
  return set;
}
const joins = new Map<string, Point>();
function join(points: readonly Point[]): Point {
  const key = points.join();
  const cached = joins.get(key);
  if (cached) return cached;
  const common = [...boundsOf(points[0]!)].filter((b) => points.every((p) => boundsOf(p).has(b)));
  // The least bound is the one from which all the other bounds can be reached.
  const least = common.find((b) => common.every((c) => boundsOf(b).has(c)));
  if (!least) throw new TypePromotionError(`the types ${points.join(", ")} have no common type: convert one of them with x.astype(…)`);
  joins.set(key, least);
  return least;
}
const WEAK: Partial<Record<string, Point>> = { i: "i*", u: "i*", f: "f*", c: "c*" };
const DEFAULTS: Readonly<Record<"i*" | "f*" | "c*", DType>> = { "i*": "int64", "f*": "float64", "c*": "complex128" };

export interface Typed {
  readonly dtype: DType;
  readonly weakType: boolean;
}

/** The type of a mixture of operands: `[dtype, weak]`. Weak operands yield to strong ones of the same kind. */
export function promoteTypes(operands: readonly Typed[]): Typed {
  const first = operands[0]!;
  if (operands.every((o) => o.dtype === first.dtype)) return { dtype: first.dtype, weakType: operands.every((o) => o.weakType) };
  if (operands.some((o) => kindOf(o.dtype) === "k"))
    throw new TypePromotionError(`random keys do not mix with ${operands.map((o) => o.dtype).join(", ")}`);
  const points = operands.map((o): Point => (o.weakType ? (WEAK[kindOf(o.dtype)] ?? o.dtype) : o.dtype));
  if (config.numpyDtypePromotion === "strict" && new Set(points.filter((p) => !p.endsWith("*"))).size > 1)
    throw new TypePromotionError(`strict dtype promotion is on and the types ${points.join(", ")} differ: convert one of them with x.astype(…)`);
  const result = join(points);
  if (result === "i*" || result === "f*" || result === "c*") return { dtype: canonicalize(DEFAULTS[result]), weakType: true };
  // Weak all the way: f*(bfloat16 weak) keeps its own type only when every operand is weak, which the line above covers.
  return { dtype: canonicalize(result), weakType: false };
}
