// What training keeps beside a module: averages of its parameters, and states that are replaced rather than set.
import { StructureError } from "../core/errors.ts";
import { type DType, isInexact } from "../core/dtypes.ts";
import { registerDataclass } from "../core/pytree.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import * as np from "../numpy/index.ts";
import type { GradientTransformation, OptState } from "../optim/base.ts";
import { applyUpdates } from "../optim/update.ts";
import { type Filter, toPredicate } from "./filters.ts";
import type { GraphDef } from "./graph.ts";
import { Module } from "./module.ts";
import { recursiveMap } from "./rebuild.ts";
import { iterGraph } from "./state.ts";
import { Variable } from "./variable.ts";

/** A variable that holds a running average. */
export class EMAParam<T = Value> extends Variable<T> {}
/** Options of EMA. */
export interface EMAOptions {
  /** Which variables are averaged. All. */
  readonly only?: Filter;
}
/**
 * Running averages of a module's variables: `new EMA(model, 0.99)`, then `ema.update(model)` after each step; `ema.applyTo(model)` is the module with the
 * averages in place of its variables, which goes on with them. Source: flax.nnx.EMA.
 */
export class EMA extends Module {
  readonly averages: Readonly<Record<string, EMAParam>>;
  readonly only: Filter;
  constructor(
    model: unknown,
    readonly decay: number,
    options: EMAOptions = {},
  ) {
    super();
    this.only = options.only ?? true;
    this.averages = Object.fromEntries(this.own(model).map(([path, v]) => [path, new EMAParam(v.value)]));
  }
  private own(model: unknown): [path: string, variable: Variable][] {
    const wanted = toPredicate(this.only);
    return [...iterGraph(model)].flatMap(([path, v]) => (v instanceof Variable && wanted(path, v) ? [[path.join("."), v as Variable]] : []));
  }
  private average(path: string): EMAParam {
    const found = this.averages[path];
    if (!found) throw new StructureError(`nnx.EMA: there is no average for ${path}: the module has another structure than the first one`);
    return found;
  }
  /** decay · average + (1 − decay) · value, for each variable; of integers and keys the value. StructureError for a module of another structure. */
  update(model: unknown): void {
    for (const [path, v] of this.own(model)) {
      const average = this.average(path);
      average.value = isInexact(v.dtype as DType) ? average.value.mul(this.decay).add(v.value.mul(1 - this.decay)) : v.value;
    }
  }
  /** The module with the averages in place of its variables. */
  applyTo<M>(model: M): M {
    const wanted = toPredicate(this.only);
    return recursiveMap((path, v) => (v instanceof Variable && wanted(path, v) ? this.average(path.join(".")) : v), model);
  }
}

/** What a TrainState is made of. */
export interface TrainStateFields<P> {
  readonly graphdef: GraphDef;
  readonly params: P;
  readonly tx: GradientTransformation;
}
/** A module's structure, its parameters, and an optimizer's state, replaced at each step. Source: flax.nnx.TrainState. */
export class TrainState<P = unknown> {
  constructor(
    readonly graphdef: GraphDef,
    readonly params: P,
    readonly optState: OptState,
    readonly step: Value,
    readonly tx: GradientTransformation,
  ) {}
  /** The state to start from. */
  static create<P>({ graphdef, params, tx }: TrainStateFields<P>, step: ArrayLike = np.array(0, { dtype: "int32" })): TrainState<P> {
    return new TrainState(graphdef, params, tx.init(params) as OptState, np.asarray(step), tx);
  }
  /** The state after a step along gradients. */
  applyGradients(grads: P): TrainState<P> {
    const [updates, optState] = this.tx.update(grads, this.optState, this.params);
    return new TrainState(this.graphdef, applyUpdates(this.params, updates) as P, optState as OptState, this.step.add(1), this.tx);
  }
}
// The structure and the optimizer are settings: a state of another one is another structure.
registerDataclass(TrainState, ["params", "optState", "step"], ["graphdef", "tx"]);
