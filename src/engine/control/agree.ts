// What goes round a loop, or comes out of several branches, must agree: in structure, shape and dtype. Says where it does not.
import { type ShapedArray, compatible, sameShape } from "../core/aval.ts";
import { canonicalize, isInteger } from "../core/dtypes.ts";
import { DTypeError, ShapeError, StructureError } from "../core/errors.ts";
import { Literal } from "../core/jaxpr.ts";
import { promoteTypes } from "../core/promotion.ts";
import { type PathEntry, type TreeDef, showPath } from "../core/pytree.ts";
import { type Value, NDArray } from "../core/value.ts";
import { convert } from "../primitives/ops.ts";
import { castTo } from "../numpy/convert.ts";
import type { Staged } from "./stage.ts";

/** A container in words: "an array of 2", "an object with the keys a, b". */
function describeNode(d: TreeDef): string {
  switch (d.kind) {
    case "leaf":
      return "one array";
    case "none":
      return "null";
    case "tuple":
      return `an array of ${d.children.length}`;
    case "dict":
      return d.keys.length ? `an object with the keys ${d.keys.join(", ")}` : "an empty object";
    case "map":
      return `a Map with the keys ${d.keys.join(", ")}`;
    case "custom":
      return `a ${d.custom!.name}`;
  }
}
interface TreeDifference {
  readonly path: readonly PathEntry[];
  readonly first: string;
  readonly second: string;
}
/** The first place where two structures differ, or null. */
export function treeDifference(a: TreeDef, b: TreeDef, path: readonly PathEntry[] = []): TreeDifference | null {
  if (a.kind !== b.kind || a.children.length !== b.children.length || a.keys.some((k, i) => k !== b.keys[i]))
    return { path, first: describeNode(a), second: describeNode(b) };
  for (const [i, c] of a.children.entries()) {
    const d = treeDifference(c, b.children[i]!, [...path, a.keys[i]!]);
    if (d) return d;
  }
  return a.equals(b) ? null : { path, first: String(a), second: String(b) };
}
const differ = (a: ShapedArray, b: ShapedArray): string =>
  a.dtype !== b.dtype ? (sameShape(a.shape, b.shape) ? "the dtypes differ" : "shape and dtype differ") : "the shapes differ";

/** A JavaScript number that stands for itself: it takes the type of what it meets, an integer one an integer type too. */
const integerLiteral = (literal: unknown): boolean => typeof literal === "bigint" || (typeof literal === "number" && Number.isInteger(literal));

/** The initial value of a loop as the body gives it back: weak types yield, numbers take the body's dtype. */
function yieldTo(v: Value, to: ShapedArray): Value {
  if (!v.weakType || v.dtype === to.dtype) return v;
  if (v instanceof NDArray && integerLiteral(v.literal) && isInteger(to.dtype)) return castTo(v, to.dtype);
  const { dtype } = promoteTypes([v, to]);
  return dtype === v.dtype ? v : castTo(v, dtype);
}
/**
 * An integer number that starts a carried value is an integer where the body makes it one by joining it with an integer array, as JAX's Python
 * integers are; otherwise it is a float, as numbers are everywhere. So the body is tried with weak integers first.
 */
function stageAsIntegers(init: readonly Value[], run: (values: readonly Value[]) => Staged): { values: Value[]; staged: Staged } {
  const asInteger = init.map((v) =>
      v instanceof NDArray && v.weakType && typeof v.literal === "number" && Number.isInteger(v.literal) ? castTo(v, canonicalize("int64"), true) : v,
    ),
    tried = asInteger.some((v, i) => v !== init[i]) ? attempt(() => run(asInteger)) : null;
  if (!tried) return { values: [...init], staged: run(init) };
  const values = init.map((v, i) => {
    const out = tried.outAvals[i]!;
    return asInteger[i] !== v && isInteger(out.dtype) && !out.weakType ? asInteger[i]! : v;
  });
  return { values, staged: values.every((v, i) => v === asInteger[i]) ? tried : run(values) };
}
/** The result of a trial; what goes wrong in it goes wrong again, or not, with the types that count. */
function attempt<R>(fn: () => R): R | null {
  try {
    return fn();
  } catch {
    return null;
  }
}
/**
 * Stages the body of a loop for the types of its carried values; weak initial values take the type that the body gives back.
 * `carryOf` finds the carried part among the results of the body.
 */
export function stageLoop(
  what: string,
  init: { readonly tree: TreeDef; readonly values: readonly Value[]; readonly paths: readonly (readonly PathEntry[])[] },
  run: (avals: readonly ShapedArray[]) => Staged,
  carryOf: (outTree: TreeDef) => TreeDef,
): { values: Value[]; staged: Staged } {
  const checked = (values: readonly Value[]): Staged => {
    const staged = run(values.map((v) => v.aval)),
      d = treeDifference(init.tree, carryOf(staged.outTree));
    if (d)
      throw new StructureError(
        `${what}: the carry in and the carry that the body returns must have the same structure, but they differ at carry${showPath(d.path)}: it comes in as ${d.first}, the body returns ${d.second}. Return the carry in the structure of the initial value`,
      );
    return staged;
  };
  let { values, staged } = stageAsIntegers(init.values, checked);
  const yielded = values.map((v, i) => yieldTo(v, staged.outAvals[i]!));
  if (yielded.some((v, i) => v !== values[i])) {
    values = yielded;
    staged = checked(values);
  }
  values.forEach((v, i) => {
    const now = staged.outAvals[i]!,
      before = v.aval;
    if (compatible(now, before)) return;
    const place = `carry${showPath(init.paths[i]!)}`,
      remedy = `Return it with the type it came in with (astype, reshape), or change the initial value`;
    throw new (sameShape(now.shape, before.shape) ? DTypeError : ShapeError)(
      `${what}: the carried value ${place} comes in as ${before} and the body returns ${now}; they must be equal, but ${differ(now, before)} (at ${place}, now ${now} and before ${before}). ${remedy}`,
    );
  });
  return { values, staged };
}

export interface Branch {
  readonly name: string;
  readonly staged: Staged;
  /** Stages the branch again with its results converted to these types. */
  readonly convert: (types: readonly ShapedArray[]) => Staged;
}
/** Branches with equal results; numbers take the dtype of the other branches' arrays. `note` explains the branches' names in messages. */
export function agreeBranches(what: string, branches: readonly Branch[], note = ""): Staged[] {
  const first = branches[0]!,
    paths = first.staged.outTree.paths();
  for (const b of branches) {
    const d = treeDifference(first.staged.outTree, b.staged.outTree);
    if (d)
      throw new StructureError(
        `${what}: at output${showPath(d.path)} ${first.name} returns ${d.first}, ${b.name} returns ${d.second}${note}; they must have the same structure`,
      );
  }
  const types = paths.map((path, k) => {
    const typeIn = (b: Branch): ShapedArray => b.staged.outAvals[k]!,
      arrays = branches.filter((b) => !isNumber(b.staged, k)),
      model = arrays.find((b) => !typeIn(b).weakType) ?? arrays[0] ?? first,
      type = typeIn(model);
    const other = branches.find((b) => !compatible(typeIn(b), type) && !(isNumber(b.staged, k) && takes(b.staged, k, type)));
    if (other) {
      const [x, y] = branches.indexOf(model) < branches.indexOf(other) ? [model, other] : [other, model],
        place = path.length ? ` (output${showPath(path)})` : "";
      throw new (sameShape(type.shape, typeIn(other).shape) ? DTypeError : ShapeError)(
        `${what}: output ${k}${place} is ${typeIn(x)} in ${x.name} and ${typeIn(y)} in ${y.name}${note}; they must be equal, but ${differ(typeIn(x), typeIn(y))}.${type.dtype !== typeIn(other).dtype ? " Convert one with astype" : ""}`,
      );
    }
    return type;
  });
  return branches.map((b) =>
    b.staged.outAvals.every((a, k) => a.dtype === types[k]!.dtype && a.weakType === types[k]!.weakType) ? b.staged : b.convert(types),
  );
}
/** The number that a result is, written into the program or standing among its constants. */
const literalOf = (s: Staged, k: number): unknown => {
  const o = s.jaxpr.jaxpr.outs[k];
  if (o instanceof Literal) return o.value;
  const c = s.consts[s.jaxpr.jaxpr.invars.indexOf(o!)];
  return c instanceof NDArray ? c.literal : undefined;
};
/** Whether a branch returns a JavaScript number here, instead of an array. */
const isNumber = (s: Staged, k: number): boolean => {
  const v = literalOf(s, k);
  return s.outAvals[k]!.weakType && (typeof v === "number" || typeof v === "bigint");
};
const takes = (s: Staged, k: number, model: ShapedArray): boolean =>
  model.shape.length === 0 && model.dtype !== "bool" && (!isInteger(model.dtype) || integerLiteral(literalOf(s, k)));
/** Converts a result to the type on which the branches agreed. */
export const convertResult = (v: Value, to: ShapedArray): Value => {
  const c = castTo(v, to.dtype, to.weakType);
  return c.weakType === to.weakType ? c : convert(c, to.dtype, to.weakType);
};
