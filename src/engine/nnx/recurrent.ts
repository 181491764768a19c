// Recurrent cells, and the layers that run them over sequences.
import type { Shape } from "../core/aval.ts";
import { mapTree } from "../core/prefix.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { asArray } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import * as nn from "../nn/index.ts";
import { type Initializer, orthogonal, zeros } from "../nn/initializers.ts";
import { Carry, StateAxes, scan } from "./mapping.ts";
import { type KernelOptions, Linear } from "./linear.ts";
import { Module } from "./module.ts";
import { Rngs, RngStream } from "./rngs.ts";
import { type RngSource, keyFrom } from "./stochastic.ts";

type Elementwise = (x: Value) => Value;
/** What all cells take. */
export interface CellOptions extends Omit<KernelOptions, "useBias" | "precision"> {
  /** Makes the kernel of the carry. Default orthogonal. */
  readonly recurrentKernelInit?: Initializer;
  /** Makes the first carry. Default zeros. */
  readonly carryInit?: Initializer;
  /** Default tanh. */
  readonly activationFn?: Elementwise;
}
/** Cells with gates. */
export interface GatedCellOptions extends CellOptions {
  /** Default sigmoid. */
  readonly gateFn?: Elementwise;
}
/** A step of a recurrent network: `call(carry, input)` gives `[carry, output]`. Source: flax.nnx.RNNCellBase. */
export abstract class RNNCellBase<C = Value> extends Module {
  /** How many axes at the end of an input are features. */
  readonly numFeatureAxes: number = 1;
  abstract call(carry: C, inputs: ArrayLike): [carry: C, output: Value];
  /** The first carry for inputs of a shape. */
  abstract initializeCarry(inputShape: Shape, rngs: RngSource): C;
}
/** A cell whose carry is its output. */
abstract class OutputCell extends RNNCellBase {
  abstract readonly hiddenFeatures: number;
  abstract readonly carryInit: Initializer;
  initializeCarry(inputShape: Shape, rngs: RngSource): Value {
    return this.carryInit(keyFrom(rngs, "carry"), [...inputShape.slice(0, -1), this.hiddenFeatures]);
  }
}
const kernels = (o: CellOptions, recurrent: boolean, useBias: boolean): KernelOptions => {
  const init = recurrent ? (o.recurrentKernelInit ?? orthogonal()) : o.kernelInit;
  return {
    rngs: o.rngs,
    useBias,
    ...(init === undefined ? {} : { kernelInit: init }),
    ...(o.biasInit === undefined ? {} : { biasInit: o.biasInit }),
    ...(o.dtype === undefined ? {} : { dtype: o.dtype }),
    ...(o.paramDtype === undefined ? {} : { paramDtype: o.paramDtype }),
  };
};
/** activation(W x + U h + b). Source: flax.nnx.SimpleCell. */
export class SimpleCell extends OutputCell {
  denseH: Linear;
  denseI: Linear;
  readonly activationFn: Elementwise;
  readonly carryInit: Initializer;
  readonly residual: boolean;
  constructor(
    readonly inFeatures: number,
    readonly hiddenFeatures: number,
    options: CellOptions & { readonly residual?: boolean },
  ) {
    super();
    this.denseH = new Linear(hiddenFeatures, hiddenFeatures, kernels(options, true, false));
    this.denseI = new Linear(inFeatures, hiddenFeatures, kernels(options, false, true));
    this.activationFn = options.activationFn ?? nn.tanh;
    this.carryInit = options.carryInit ?? zeros;
    this.residual = options.residual ?? false;
  }
  /** One step. */
  call(carry: Value, inputs: ArrayLike): [Value, Value] {
    const sum = this.denseI.call(inputs).add(this.denseH.call(carry)),
      h = this.activationFn(this.residual ? sum.add(carry) : sum);
    return [h, h];
  }
}
/** A gated recurrent unit. Source: flax.nnx.GRUCell (arXiv:1406.1078). */
export class GRUCell extends OutputCell {
  denseI: Linear;
  denseH: Linear;
  readonly gateFn: Elementwise;
  readonly activationFn: Elementwise;
  readonly carryInit: Initializer;
  constructor(
    readonly inFeatures: number,
    readonly hiddenFeatures: number,
    options: GatedCellOptions,
  ) {
    super();
    this.denseI = new Linear(inFeatures, 3 * hiddenFeatures, kernels(options, false, true));
    this.denseH = new Linear(hiddenFeatures, 3 * hiddenFeatures, kernels(options, true, false));
    this.gateFn = options.gateFn ?? nn.sigmoid;
    this.activationFn = options.activationFn ?? nn.tanh;
    this.carryInit = options.carryInit ?? zeros;
  }
  /** One step. */
  call(carry: Value, inputs: ArrayLike): [Value, Value] {
    const three = (x: Value): [Value, Value, Value] => np.split(x, 3, { axis: -1 }) as [Value, Value, Value],
      [xr, xz, xn] = three(this.denseI.call(inputs)),
      [hr, hz, hn] = three(this.denseH.call(carry)),
      r = this.gateFn(xr.add(hr)),
      z = this.gateFn(xz.add(hz)),
      n = this.activationFn(xn.add(r.mul(hn))),
      h = np.subtract(1, z).mul(n).add(z.mul(carry));
    return [h, h];
  }
}
/** Long short-term memory; the carry is [cell, hidden]. Source: flax.nnx.LSTMCell (Hochreiter and Schmidhuber, 1997). */
export class LSTMCell extends RNNCellBase<[c: Value, h: Value]> {
  ii: Linear;
  if: Linear;
  ig: Linear;
  io: Linear;
  hi: Linear;
  hf: Linear;
  hg: Linear;
  ho: Linear;
  readonly gateFn: Elementwise;
  readonly activationFn: Elementwise;
  readonly carryInit: Initializer;
  constructor(
    readonly inFeatures: number,
    readonly hiddenFeatures: number,
    options: GatedCellOptions,
  ) {
    super();
    const input = (): Linear => new Linear(inFeatures, hiddenFeatures, kernels(options, false, false)),
      hidden = (): Linear => new Linear(hiddenFeatures, hiddenFeatures, kernels(options, true, true));
    [this.ii, this.if, this.ig, this.io] = [input(), input(), input(), input()];
    [this.hi, this.hf, this.hg, this.ho] = [hidden(), hidden(), hidden(), hidden()];
    this.gateFn = options.gateFn ?? nn.sigmoid;
    this.activationFn = options.activationFn ?? nn.tanh;
    this.carryInit = options.carryInit ?? zeros;
  }
  /** One step. */
  call([c, h]: [c: Value, h: Value], inputs: ArrayLike): [[Value, Value], Value] {
    const at = (x: Linear, y: Linear): Value => x.call(inputs).add(y.call(h)),
      i = this.gateFn(at(this.ii, this.hi)),
      f = this.gateFn(at(this.if, this.hf)),
      g = this.activationFn(at(this.ig, this.hg)),
      o = this.gateFn(at(this.io, this.ho)),
      cell = f.mul(c).add(i.mul(g)),
      out = o.mul(this.activationFn(cell));
    return [[cell, out], out];
  }
  /** The first carry for inputs of a shape. */
  initializeCarry(inputShape: Shape, rngs: RngSource): [Value, Value] {
    const make = (): Value => this.carryInit(keyFrom(rngs, "carry"), [...inputShape.slice(0, -1), this.hiddenFeatures]);
    return [make(), make()];
  }
}
/** The cell of optimized layouts has the same formulas. Source: flax.nnx.OptimizedLSTMCell. */
export class OptimizedLSTMCell extends LSTMCell {}

/** How an RNN runs. */
export interface RNNCallOptions<C = unknown> {
  /** The first carry; the cell's own by default. */
  readonly initialCarry?: C;
  /** How long each sequence is, int[batch]: the carry is that of its last step. */
  readonly seqLengths?: ArrayLike | null;
  /** Gives `[carry, outputs]`. */
  readonly returnCarry?: boolean;
  /** Inputs are [steps, batch…, features] instead of [batch…, steps, features]. */
  readonly timeMajor?: boolean;
  /** Goes from the last step to the first. */
  readonly reverse?: boolean;
  /** With reverse: outputs stand in the order of the inputs. */
  readonly keepOrder?: boolean;
  /** Where the first carry's key comes from. */
  readonly rngs?: Rngs | RngStream | null;
}
/** Options of RNN. */
export interface RNNOptions extends Omit<RNNCallOptions, "initialCarry" | "seqLengths"> {
  /** How many steps a compiler may write out. */
  readonly unroll?: number;
}
/** Runs a cell over sequences, as a scan. Source: flax.nnx.RNN. */
export class RNN<C = Value> extends Module {
  readonly returnCarry: boolean;
  readonly timeMajor: boolean;
  readonly reverse: boolean;
  readonly keepOrder: boolean;
  readonly unroll: number;
  rngs: RngStream;
  constructor(
    readonly cell: RNNCellBase<C>,
    options: RNNOptions = {},
  ) {
    super();
    this.returnCarry = options.returnCarry ?? false;
    this.timeMajor = options.timeMajor ?? false;
    this.reverse = options.reverse ?? false;
    this.keepOrder = options.keepOrder ?? false;
    this.unroll = options.unroll ?? 1;
    const from = options.rngs ?? null;
    this.rngs = from ? (from instanceof Rngs ? from.stream("carry") : from).fork() : new RngStream(0, "carry");
  }
  /** [batch…, steps, features] → [batch…, steps, hidden features], or [carry, outputs] with `returnCarry`. */
  call(inputs: ArrayLike, options: RNNCallOptions<C> & { readonly returnCarry: true }): [carry: C, outputs: Value];
  call(inputs: ArrayLike, options?: RNNCallOptions<C>): Value;
  call(inputs: ArrayLike, options: RNNCallOptions<C> = {}): Value | [C, Value] {
    const {
        returnCarry = this.returnCarry,
        timeMajor = this.timeMajor,
        reverse = this.reverse,
        keepOrder = this.keepOrder,
        seqLengths = null,
      } = options,
      x0 = asArray(inputs, "nnx.RNN"),
      time = timeMajor ? 0 : x0.ndim - (this.cell.numFeatureAxes + 1),
      batchAxes = x0.ndim - this.cell.numFeatureAxes - 1,
      flip = (v: Value): Value => flipSequences(v, seqLengths, { numBatchDims: batchAxes, timeMajor }),
      x = reverse ? flip(x0) : x0;
    const first =
        options.initialCarry ?? this.cell.initializeCarry([...x.shape.slice(0, time), ...x.shape.slice(time + 1)], options.rngs ?? this.rngs),
      keep = seqLengths !== null && returnCarry;
    const step = (cell: RNNCellBase<C>, carry: C, input: Value): [C, unknown] => {
      const [next, y] = cell.call(carry, input);
      return [next, keep ? [next, y] : y];
    };
    const run = scan(step, {
        inAxes: [new StateAxes([["...", Carry]]), Carry, time],
        outAxes: [Carry, keep ? [0, time] : time],
        unroll: this.unroll,
      }),
      [last, ys] = run(this.cell, first, x),
      outputs = (keep ? (ys as [C, Value])[1] : ys) as Value,
      carry = keep ? lastCarry((ys as [C, Value])[0], asArray(seqLengths)) : last,
      out = reverse && keepOrder ? flip(outputs) : outputs;
    return returnCarry ? [carry, out] : out;
  }
}
/** Of carries stacked by step, that of each sequence's last step. */
const lastCarry = <C>(carries: C, lengths: Value): C => mapTree((v: Value) => v.get(lengths.sub(1), np.arange(v.shape[1]!)), carries) as C;
/** How sequences lie in an array. */
export interface FlipOptions {
  /** How many axes are batches. */
  readonly numBatchDims: number;
  /** Steps are the first axis. */
  readonly timeMajor: boolean;
}
/** Sequences turned round, each within its length; what stands behind it stays behind. Source: flax.nnx.nn.recurrent.flip_sequences.
 * @example nnx.flipSequences(np.array([[1, 2, 3]]), np.int32([2]), { numBatchDims: 1, timeMajor: false }) // [[2, 1, 3]] */
export function flipSequences(inputs: ArrayLike, seqLengths: ArrayLike | null, options: FlipOptions): Value {
  const x = asArray(inputs, "nnx.flipSequences"),
    time = options.timeMajor ? 0 : options.numBatchDims,
    steps = x.shape[time]!;
  if (seqLengths === null) return np.flip(x, { axis: time });
  const shape = Array.from({ length: options.numBatchDims + 1 }, (_v, i) => (i === time ? steps : 1)),
    back = np.reshape(np.arange(steps - 1, -1, -1), shape),
    index = np.mod(back.add(np.expandDims(asArray(seqLengths), time)), steps).astype("int32"),
    features = Array.from({ length: x.ndim - index.ndim }, (_v, i) => index.ndim + i);
  return np.takeAlongAxis(x, np.expandDims(index, features), { axis: time });
}
/** Runs one RNN forward and one backward, and joins their outputs. Source: flax.nnx.Bidirectional. */
export class Bidirectional extends Module {
  constructor(
    readonly forwardRnn: RNN<never> | RNN,
    readonly backwardRnn: RNN<never> | RNN,
    readonly mergeFn: (forward: Value, backward: Value) => Value = (a, b) => np.concatenate([a, b], { axis: -1 }),
  ) {
    super();
  }
  /** The outputs of both, joined along features. */
  call(inputs: ArrayLike, options: Pick<RNNCallOptions, "seqLengths" | "timeMajor"> = {}): Value {
    const a = (this.forwardRnn as RNN).call(inputs, options),
      b = (this.backwardRnn as RNN).call(inputs, { ...options, reverse: true, keepOrder: true });
    return this.mergeFn(a, b);
  }
}
