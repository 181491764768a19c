// What the rows of operations with attributes have in common: how a row is made, and the checks that several of them make.
import { type Shape } from "../../core/aval.ts";
import { isInteger } from "../../core/dtypes.ts";
import type { Graph, StructuredAttrs, TensorType } from "../graph.ts";
import { type Row, elements, need, sameType, show, typed } from "./row.ts";

type Rest<A> = Partial<Omit<Row<A>, "kind" | "infer">> & Pick<Row<A>, "infer">;

/** A row with what most operations of its kind have in common filled in. */
export function row<K extends keyof StructuredAttrs>(
  kind: Row["kind"],
  stablehlo: string,
  arity: number | null,
  attributes: Row<StructuredAttrs[K]>["attributes"],
  rest: Rest<StructuredAttrs[K]>,
): Row<StructuredAttrs[K]> {
  const category = kind === "source" ? "input" : kind === "structure" ? "movement" : kind;
  return {
    kind,
    category,
    stablehlo,
    arity,
    attributes,
    flops: 0,
    transcendental: false,
    folds: false,
    scalar: null,
    work: () => 0,
    regions: () => [],
    ...rest,
  };
}

export const perElement = { flops: 1, work: elements } as const;

export const isIndex = (t: TensorType): boolean => isInteger(t.dtype);

export const dilated = (n: number, d: number): number => (n === 0 ? 0 : (n - 1) * d + 1);

export const without = (shape: Shape, axes: readonly number[]): Shape => shape.filter((_n, i) => !axes.includes(i));

/** What a region takes and gives. */
export function needRegion(g: Graph, takes: readonly TensorType[], gives: readonly TensorType[], what: string): void {
  const list = (ts: readonly TensorType[]): string => ts.map(show).join(", ");
  const params = g.params.map((p) => p.type);
  const outs = g.outs.map((o) => o.type);
  need(
    params.length === takes.length && params.every((p, i) => sameType(p, takes[i]!)),
    () => `${what} takes (${list(params)}), expected (${list(takes)})`,
  );
  need(
    outs.length === gives.length && outs.every((o, i) => sameType(o, gives[i]!)),
    () => `${what} gives (${list(outs)}), expected (${list(gives)})`,
  );
}

export const scalars = (ts: readonly TensorType[]): TensorType[] => ts.map((t) => typed([], t.dtype));

/** Results of a node with several take the types of its operands' first ones. */
export const firstTypes = (inputs: readonly TensorType[]): readonly TensorType[] => inputs.slice(0, inputs.length / 2);
