// Optimizers over modules: a gradient transformation of `optim`, its state as variables, and the module's variables set at each step.
import type { GradientTransformation, ExtraArgs } from "../optim/base.ts";
import { applyUpdates } from "../optim/update.ts";
import * as np from "../numpy/index.ts";
import type { Filter } from "./filters.ts";
import { Module } from "./module.ts";
import { state, toPureDict, update } from "./state.ts";
import { OptState, Param } from "./variable.ts";

/** Options of Optimizer. */
export interface OptimizerOptions {
  /** What is trained. Default Param. */
  readonly wrt?: Filter;
}
/**
 * Trains variables of a module: `new Optimizer(model, optim.adam(1e-3))`, then `optimizer.update(model, grads)` in each step, where the gradients
 * come from nnx.grad. It has a step count, and the transformation's state. Source: flax.nnx.Optimizer.
 */
export class Optimizer extends Module {
  step: OptState;
  optState: OptState<unknown>;
  readonly wrt: Filter;
  constructor(
    model: unknown,
    readonly tx: GradientTransformation,
    options: OptimizerOptions = {},
  ) {
    super();
    this.wrt = options.wrt ?? Param;
    this.step = new OptState(np.array(0, { dtype: "uint32" }));
    this.optState = new OptState<unknown>(tx.init(toPureDict(state(model, this.wrt))));
  }
  /** One step: the module's variables, the state and the step count are set. `extra` goes to the transformation (value, valueFn, …). */
  update(model: unknown, grads: unknown, extra: ExtraArgs = {}): void {
    const params = toPureDict(state(model, this.wrt)),
      [updates, next] = this.tx.update(toPureDict(grads), this.optState.value, params, extra);
    update(model, applyUpdates(params, updates));
    this.optState.value = next;
    this.step.value = this.step.value.add(np.array(1, { dtype: "uint32" }));
  }
}
/** An optimizer that holds its module: `update(grads)`. Source: flax.nnx.ModelAndOptimizer. */
export class ModelAndOptimizer<M> extends Optimizer {
  constructor(
    readonly model: M,
    tx: GradientTransformation,
    options: OptimizerOptions = {},
  ) {
    super(model, tx, options);
  }
  /** One step, from the gradients alone. */
  override update(grads: unknown, extra?: unknown): void {
    super.update(this.model, grads, (extra ?? {}) as ExtraArgs);
  }
}
