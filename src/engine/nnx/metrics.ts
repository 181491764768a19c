// Metrics: sums that are kept over batches, and what they come to.
import { ShapeError, StructureError } from "../core/errors.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { asArray } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { Module } from "./module.ts";
import { MetricState } from "./variable.ts";

/** What a metric is given for a batch, by name. */
export type MetricValues = Readonly<Record<string, ArrayLike | null | undefined>>;
const float = (v: number): Value => np.array(v, { dtype: "float32" });
const int = (v: number): Value => np.array(v, { dtype: "int32" });
/** What is summed up over batches. Source: flax.nnx.Metric. */
export abstract class Metric extends Module {
  /** Forgets all batches. */
  abstract reset(): void;
  /** Takes a batch in. */
  abstract update(values: MetricValues): void;
  /** What the batches come to. */
  abstract compute(): unknown;
}
const need = (who: string, values: MetricValues, name: string): Value => {
  const v = values[name];
  if (v === undefined || v === null) throw new StructureError(`nnx.metrics.${who}: update was called without "${name}": metric.update({ ${name} })`);
  return asArray(v, who);
};
/** The mean of all elements; `update({ values, mask })`. Source: flax.nnx.metrics.Average. */
export class Average extends Metric {
  total: MetricState = new MetricState(float(0));
  count: MetricState = new MetricState(int(0));
  constructor(readonly argname = "values") {
    super();
  }
  reset(): void {
    this.total.value = float(0);
    this.count.value = int(0);
  }
  update(values: MetricValues): void {
    this.add(need("Average", values, this.argname), values["mask"]);
  }
  protected add(v: Value, mask: ArrayLike | null | undefined): void {
    const m = mask === undefined || mask === null ? null : asArray(mask);
    this.total.value = this.total.value.add((m ? v.mul(m.astype(v.dtype === "bool" ? "float32" : v.dtype)) : v.astype("float32")).sum());
    this.count.value = this.count.value.add(m ? m.sum().astype("int32") : int(v.size));
  }
  /** A float32 scalar; NaN before any batch. */
  compute(): Value {
    return this.total.value.div(this.count.value);
  }
}
/** What Welford computes. */
export interface Statistics {
  readonly mean: Value;
  readonly standardErrorOfMean: Value;
  readonly standardDeviation: Value;
}
/** Mean and deviation of all elements, by Welford's method. Source: flax.nnx.metrics.Welford. */
export class Welford extends Metric {
  count: MetricState = new MetricState(int(0));
  mean: MetricState = new MetricState(float(0));
  m2: MetricState = new MetricState(float(0));
  constructor(readonly argname = "values") {
    super();
  }
  reset(): void {
    this.count.value = int(0);
    this.mean.value = float(0);
    this.m2.value = float(0);
  }
  update(values: MetricValues): void {
    const v = need("Welford", values, this.argname),
      before = this.count.value,
      total = before.add(int(v.size)),
      delta = np.mean(v).sub(this.mean.value);
    this.count.value = total;
    this.mean.value = this.mean.value.add(delta.mul(v.size).div(total));
    this.m2.value = this.m2.value.add(np.var(v).mul(v.size)).add(delta.mul(delta).mul(before).mul(v.size).div(total));
  }
  compute(): Statistics {
    const standardDeviation = np.sqrt(this.m2.value.div(this.count.value));
    return {
      mean: this.mean.value,
      standardErrorOfMean: standardDeviation.div(np.sqrt(this.count.value.astype("float32"))),
      standardDeviation,
    };
  }
}
/** The share of right answers; `update({ logits, labels, mask })`. With a threshold, for yes and no. Source: flax.nnx.metrics.Accuracy. */
export class Accuracy extends Average {
  constructor(
    readonly threshold: number | null = null,
    argname = "values",
  ) {
    super(argname);
  }
  override update(values: MetricValues): void {
    const logits = need("Accuracy", values, "logits"),
      labels = need("Accuracy", values, "labels"),
      want = this.threshold === null ? labels.ndim + 1 : labels.ndim;
    if (logits.ndim !== want)
      throw new ShapeError(`nnx.metrics.Accuracy: logits are ${logits.aval}, expected ${want} axes for labels ${labels.aval}`);
    const right = this.threshold === null ? logits.argmax({ axis: -1 }).eq(labels) : logits.ge(this.threshold).eq(labels.gt(0));
    this.add(right, values["mask"]);
  }
}
/** Several metrics of the same batches, by name. Source: flax.nnx.metrics.MultiMetric. */
export class MultiMetric extends Metric {
  metrics: Record<string, Metric>;
  constructor(metrics: Readonly<Record<string, Metric>>) {
    super();
    this.metrics = { ...metrics };
  }
  reset(): void {
    for (const m of Object.values(this.metrics)) m.reset();
  }
  update(values: MetricValues): void {
    for (const m of Object.values(this.metrics)) m.update(values);
  }
  compute(): Record<string, unknown> {
    return Object.fromEntries(Object.entries(this.metrics).map(([k, m]) => [k, m.compute()]));
  }
}
