// Vectorization: values carry a batch axis. A batch trace asks each primitive for its batching rule.
import type { ShapedArray } from "../core/aval.ts";
import { MissingRuleError, ShapeError } from "../core/errors.ts";
import { type ClosedJaxpr, evalClosed } from "../core/jaxpr.ts";
import { type Batch, type BatchDim, type Params, type Primitive, isAbsent } from "../core/primitive.ts";
import { withAxis } from "../core/axes.ts";
import { stage } from "../core/staging.ts";
import { Trace, bind, currentTrace, withName, withOneSource, withTrace } from "../core/trace.ts";
import { Tracer, type Value } from "../core/value.ts";
import { broadcastInDim, moveaxis } from "../primitives/ops.ts";

export class BatchTracer extends Tracer {
  readonly aval: ShapedArray;
  constructor(
    trace: BatchTrace,
    readonly value: Value,
    readonly dim: number,
  ) {
    super(trace);
    const { aval } = value;
    this.aval = aval.withShape(aval.shape.filter((_n, i) => i !== dim));
  }
  override origin(): string {
    return this.value instanceof Tracer ? this.value.origin() : "";
  }
}
/** Collectives look at every batch, mapped operands or not: they are asked through this table. */
export type CollectiveRule = (
  trace: BatchTrace,
  args: readonly Value[],
  dims: readonly BatchDim[],
  params: Params,
) => [readonly Value[], readonly BatchDim[]] | null;
const collectives = new Map<string, CollectiveRule>();
export const defineCollective = (name: string, rule: CollectiveRule): void => void collectives.set(name, rule);

/** Whether programs among the parameters of an equation hold collectives over an axis: then the axis matters though no operand is mapped. */
let usesAxis: (params: Params, axis: string) => boolean = () => false;
export const setAxisUser = (f: typeof usesAxis): void => void (usesAxis = f);

export class BatchTrace extends Trace implements Batch {
  constructor(
    override readonly parent: Trace,
    readonly size: number,
    readonly axisName: string | null,
  ) {
    super();
  }
  override get staged(): boolean {
    return this.parent.staged;
  }
  describe(): string {
    return "vectorizing (vmap)";
  }
  split(v: Value): [Value, BatchDim] {
    return v instanceof BatchTracer && v.owner === this ? [v.value, v.dim] : [v, null];
  }
  join(v: Value, d: BatchDim): Value {
    return d === null ? v : new BatchTracer(this, v, d);
  }
  process(p: Primitive, args: readonly Value[], params: Params): readonly Value[] {
    const pairs = args.map((a) => this.split(a)),
      values = pairs.map((x) => x[0]),
      dims = pairs.map((x) => x[1]);
    return withTrace(this.parent, () => {
      const special = collectives.get(p.name)?.(this, values, dims, params);
      if (special) return special[0].map((o, i) => this.join(o, special[1][i]!));
      if (dims.every((d) => d === null) && !(this.axisName !== null && usesAxis(params, this.axisName))) return bind(p, values, params);
      if (isAbsent(p.batch)) throw new MissingRuleError(`vmap does not work through ${p.name}: ${p.batch.absent}`);
      const { batch } = p;
      const [outs, outDims] = p.calls ? batch(values, dims, params, this) : withOneSource(() => batch(values, dims, params, this));
      return outs.map((o, i) => this.join(o, outDims[i]!));
    });
  }
}

/** Puts the batch axis of a result where it is wanted; a result without one is spread. */
export function moveBatch(v: Value, from: BatchDim, to: BatchDim, size: number, what = "vmap"): Value {
  if (to === null) {
    if (from !== null)
      throw new ShapeError(`${what}: outAxes is null for an output that depends on the mapped inputs; give the axis where its batch dimension goes`);
    return v;
  }
  const axes = from === null ? v.ndim + 1 : v.ndim;
  if (!Number.isInteger(to) || to < -axes || to >= axes)
    throw new ShapeError(
      `${what}: outAxes is ${String(to)} for an output of ${axes} axes, the batch one included; expected an integer from ${-axes} to ${axes - 1}`,
    );
  if (from === null) {
    const rank = v.ndim + 1,
      at = to < 0 ? to + rank : to,
      shape = [...v.shape];
    shape.splice(at, 0, size);
    return broadcastInDim(
      v,
      shape,
      shape.map((_n, i) => i).filter((i) => i !== at),
    );
  }
  return moveaxis(v, from, to < 0 ? to + v.ndim : to);
}
/** Vectorizes a flat function. Results and where their batch axes are. */
export function batchFlat(
  fn: (...args: Value[]) => readonly Value[],
  args: readonly Value[],
  dims: readonly BatchDim[],
  size: number,
  axisName: string | null = null,
): [Value[], BatchDim[]] {
  const trace = new BatchTrace(currentTrace(), size, axisName);
  try {
    const outs = withTrace(trace, () =>
      withName("transform", "vmap", () => withAxis(axisName, size, () => fn(...args.map((a, i) => trace.join(a, dims[i]!))))),
    );
    const pairs = outs.map((o) => trace.split(o));
    return [pairs.map((p) => p[0]), pairs.map((p) => p[1])];
  } finally {
    trace.alive = false;
  }
}

interface BatchedJaxpr {
  readonly jaxpr: ClosedJaxpr;
  readonly batchedOut: readonly boolean[];
}
/** A closed jaxpr vectorized over leading axes of the inputs in `batchedIn`; outputs in `force` (or that depend on them) get a leading axis. */
export function batchJaxpr(c: ClosedJaxpr, batch: Batch, batchedIn: readonly boolean[], force: readonly boolean[] | boolean = false): BatchedJaxpr {
  let batchedOut: boolean[] = [];
  const jaxpr = stage(
    (...xs) => {
      const [outs, dims] = batchFlat(
        (...v) => evalClosed(c, v),
        xs,
        batchedIn.map((b) => (b ? 0 : null)),
        batch.size,
        batch.axisName,
      );
      batchedOut = dims.map((d, i) => d !== null || (typeof force === "boolean" ? force : force[i] === true));
      return outs.map((o, i) => (batchedOut[i] ? moveBatch(o, dims[i]!, 0, batch.size) : o));
    },
    c.inAvals.map((a, i) => (batchedIn[i] ? a.withShape([batch.size, ...a.shape]) : a)),
    c.jaxpr.name,
  );
  return { jaxpr, batchedOut };
}
