// Loops, branches, calls, sorting and random bits.
import { ClosedJaxpr, evalClosed } from "../../../core/jaxpr.ts";
import { stage } from "../../../core/staging.ts";
import type { Value } from "../../../core/value.ts";
import * as o from "../../../primitives/ops.ts";
import { batchJaxpr } from "../../../transforms/batching.ts";
import { Attributes } from "../attributes.ts";
import { type Row, type Rows, type Staged, wordOf } from "../row.ts";
import type { Operation } from "../syntax.ts";

const whileRow: Row = (ins, c) => {
  const [cond, body] = [c.stage(c.region(0)), c.stage(c.region(1))];
  return o.callAll("while", [...cond.consts, ...body.consts, ...ins], {
    condJaxpr: cond.jaxpr,
    condNconsts: cond.consts.length,
    bodyJaxpr: body.jaxpr,
    bodyNconsts: body.consts.length,
  });
};
/** Branches read what they need from outside; they are given one list of it. */
function branches(index: Value, programs: readonly Staged[]): readonly Value[] {
  const consts = programs.flatMap((p) => p.consts);
  let at = 0;
  const jaxprs = programs.map((p): ClosedJaxpr => {
    const start = at;
    at += p.consts.length;
    return stage(
      (...xs) => evalClosed(p.jaxpr, xs.slice(start, start + p.consts.length)),
      consts.map((v) => v.aval),
      p.jaxpr.jaxpr.name,
    );
  });
  return o.callAll("cond", [index, ...consts], { branches: jaxprs });
}
const caseRow: Row = ([index], c) => {
  const count = c.op.regions.length;
  // Out of range means the last branch, where the primitive takes the nearest.
  const outside = o.lt(index!, o.lit("int32", 0));
  return branches(
    o.select(outside, o.lit("int32", count - 1), index!),
    c.op.regions.map((r) => c.stage(r)),
  );
};
const ifRow: Row = ([predicate], c) => branches(o.convert(predicate!, "int32"), [c.stage(c.region(1)), c.stage(c.region(0))]);
/** A program of scalars for the elements of each place. */
const map: Row = (ins, c) => {
  const { shape, size } = ins[0]!.aval;
  const each = batchJaxpr(
    c.closed(0),
    { size, axisName: null },
    ins.map(() => true),
    true,
  ).jaxpr;
  return evalClosed(
    each,
    ins.map((x) => o.reshape(x, [size])),
  ).map((x) => o.reshape(x, shape));
};
const call: Row = (ins, c) => c.call(c.symbol("callee"), ins);
/** An operation that is made of others: by its own name where that is known, else by what it is made of. */
const composite =
  (known: Rows): Row =>
  (ins, c) => {
    const own = known[String(c.attribute("label") ?? c.attribute("name") ?? "")];
    if (!own) return c.call(c.symbol("decomposition"), ins);
    const attributes = c.attribute("composite_attributes");
    return own(ins, c.withAttributes(attributes instanceof Attributes ? attributes : new Attributes()));
  };

/** Which operands a comparator orders by, and in which direction; null where it is none that can be told. */
function orderOf(op: Operation): { readonly keys: number; readonly falling: boolean } | null {
  const block = op.regions[0]!;
  // Which parameter each value is made of: comparators bring NaNs and zeros into one form first.
  const from = new Map<string, number>(block.parameters.map((p, i) => [p.name, i]));
  const keys = new Set<number>();
  const directions = new Set<string>();
  for (const o of block.operations) {
    const made = new Set(o.operands.map((v) => from.get(v)).filter((i): i is number => i !== undefined));
    const direction = o.name === "compare" ? wordOf(o.attributes.get("comparison_direction")) : "";
    if (made.size === 1 && o.name !== "or" && o.name !== "and") for (const r of o.results) from.set(r, [...made][0]!);
    if (!/^(LT|GT|LE|GE)$/.test(direction) || made.size !== 2) continue;
    const [a, b] = o.operands.map((v) => from.get(v)!);
    if (Math.floor(a! / 2) !== Math.floor(b! / 2)) return null;
    keys.add(Math.floor(a! / 2));
    directions.add((direction.startsWith("L") ? 1 : -1) * (a! < b! ? 1 : -1) > 0 ? "rising" : "falling");
  }
  if (directions.size !== 1 || [...keys].some((k) => k >= keys.size)) return null;
  return { keys: keys.size, falling: directions.has("falling") };
}
const sort: Row = (ins, c) => {
  const order =
    orderOf(c.op) ?? c.fail("has a comparator that is not read yet; expected one that orders by the first operands, all rising or all falling");
  const dimension = c.perAxis("dimension", 1, -1)[0]!;
  const axis = dimension < 0 ? dimension + ins[0]!.ndim : dimension;
  const params = { dimension: axis, isStable: true, numKeys: order.keys };
  // Turned around before and after, equal elements keep their order.
  if (!order.falling) return o.callAll("sort", ins, params);
  const turn = (xs: readonly Value[]): Value[] => xs.map((x) => o.rev(x, [axis]));
  return turn(o.callAll("sort", turn(ins), params));
};
const topK: Row = ([x], c) => o.callAll("top_k", [x!], { k: c.integer("k"), axis: x!.ndim - 1 });
const randomBits: Row = ([state], c) => {
  const out = c.gives[1] ?? c.fail("has one result, expected the next state and the bits");
  return o.callAll("rng_bit_generator", [state!], { shape: out.shape, dtype: out.dtype, algorithm: c.word("rng_algorithm"), outSharding: null });
};
const identity: Row = (ins) => ins;
const CONTROL_ROWS: Rows = {
  while: whileRow,
  case: caseRow,
  if: ifRow,
  map,
  call,
  "func.call": call,
  sort,
  "chlo.top_k": topK,
  rng_bit_generator: randomBits,
  "sdy.sharding_constraint": identity,
};
export const controlRows = (others: Rows): Rows => ({ ...CONTROL_ROWS, composite: composite({ ...others, ...CONTROL_ROWS }) });
