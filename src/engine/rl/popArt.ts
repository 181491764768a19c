// PopArt (van Hasselt et al., 2016): targets of any size are learned as normalized ones, and the last layer is changed so that its outputs stay as they were.
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { asArray } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";
import { psum } from "../lax/collectives.ts";
import { batchedIndex, oneHot } from "./base.ts";
import { checked, float, held, integer, sameShape } from "./check.ts";

/** Statistics of each kind of target, [N] each. */
export interface PopArtState {
  readonly shift: Value;
  readonly scale: Value;
  readonly secondMoment: Value;
}
/** Values as the layer gives them, and in the targets' own size. */
export interface PopArtOutput {
  readonly normalized: Value;
  readonly unnormalized: Value;
}
/** Weights [..., N] and bias [N] of the last layer. */
export interface LinearParams {
  readonly w: Value;
  readonly b: Value;
}
/** Options of `art` and `popart`. */
export interface PopArtOptions {
  /** Named axes of vmap over which updates are summed; none. */
  readonly axisName?: string | readonly string[] | null;
}
const statistics = (fn: string, state: PopArtState, indices: ArrayLike): { shift: Value; scale: Value; at: Value } => {
  const { indices: at } = checked(fn, { indices: integer(indices) });
  return { shift: state.shift.get(at), scale: state.scale.get(at), at };
};
/** (value − shift) / scale, with the statistics that the indices choose. Both in one shape.
 * @example rl.normalize({ shift: np.array([10]), scale: np.array([2]), secondMoment: np.array([104]) }, np.array([14]), np.int32([0])) // [2] */
export function normalize(state: PopArtState, unnormalized: ArrayLike, indices: ArrayLike): Value {
  const { shift, scale } = statistics("normalize", state, indices);
  return np.subtract(unnormalized, shift).div(scale);
}
/** scale·value + shift, with the statistics that the indices choose. Both in one shape.
 * @example rl.unnormalize({ shift: np.array([10]), scale: np.array([2]), secondMoment: np.array([104]) }, np.array([2]), np.int32([0])) // [14] */
export function unnormalize(state: PopArtState, normalized: ArrayLike, indices: ArrayLike): Value {
  const { shift, scale } = statistics("unnormalize", state, indices);
  return scale.mul(normalized).add(shift);
}
/**
 * The outputs that the indices choose, as they are and unnormalized.
 * @param inputs outputs of the layer, floats [..., N]
 * @param indices integers, [...]
 * @example rl.unnormalizeLinear({ shift: np.array([10]), scale: np.array([2]), secondMoment: np.array([104]) }, np.array([[2]]), np.int32([0])) //
 * { normalized: [2], unnormalized: [14] }
 */
export function unnormalizeLinear(state: PopArtState, inputs: ArrayLike, indices: ArrayLike): PopArtOutput {
  const normalized = batchedIndex(inputs, indices);
  return { normalized, unnormalized: unnormalize(state, normalized, indices) };
}
/** The state with the statistics that the indices choose moved towards the targets by `stepSize`. Nothing flows back through it.
 * @example rl.art({ shift: np.array([10]), scale: np.array([2]), secondMoment: np.array([104]) }, np.array([14]), np.int32([0]), 0.5, 1, 100) // {
 * shift: [12], scale: [2.449], secondMoment: [150] } */
export function art(
  state: PopArtState,
  targets: ArrayLike,
  indices: ArrayLike,
  stepSize: ArrayLike,
  scaleLb: number,
  scaleUb: number,
  options: PopArtOptions = {},
): PopArtState {
  const a = checked("art", { targets: float(targets), indices: integer(indices) });
  sameShape("art", a);
  const axes = options.axisName ?? [];
  const moved = (statistic: Value, to: Value): Value => {
    const steps = np.multiply(stepSize, to.sub(statistic.get(a.indices))).ravel();
    const here = np.sum(np.expandDims(steps, -1).mul(oneHot(a.indices.ravel(), statistic.shape[0]!)), { axis: 0 });
    return statistic.add((typeof axes === "string" ? [axes] : axes).reduce((sum, axis) => psum(sum, axis), here));
  };
  const shift = moved(state.shift, a.targets),
    secondMoment = moved(state.secondMoment, np.square(a.targets));
  const scale = np.sqrt(np.clip(secondMoment.sub(np.square(shift)), scaleLb ** 2, scaleUb ** 2));
  return { shift: held(shift, true), scale: held(scale, true), secondMoment: held(secondMoment, true) };
}
/** The layer's parameters, changed so that its unnormalized outputs under the new statistics are those under the old ones.
 * @example const old = { shift: np.array([10]), scale: np.array([2]), secondMoment: np.array([104]) };
 * rl.pop({ w: np.array([[1]]), b: np.array([0]) }, old, { ...old, scale: np.array([4]) }) // { w: [[0.5]], b: [0] } */
export function pop(params: LinearParams, old: PopArtState, next: PopArtState): LinearParams {
  const ratio = old.scale.div(next.scale);
  const b = old.scale.mul(params.b).add(old.shift).sub(next.shift).div(next.scale);
  return { w: asArray(params.w, "rl.pop", "params.w").mul(ratio), b };
}
/** `(params, state, targets, indices)` → the changed parameters, and the next state. */
export type PopArtUpdate = (params: LinearParams, state: PopArtState, targets: ArrayLike, indices: ArrayLike) => [LinearParams, PopArtState];
/**
 * PopArt for a layer of `numOutputs` outputs: a function that gives the first state, and one that moves statistics and parameters.
 * @param stepSize how fast statistics move, 0 to 1; null: they do not
 * @param scaleLb @param scaleUb bounds of the scale
 * @example const [initialState] = rl.popart(2, 0.1, 1e-4, 1e6); initialState() // { shift: [0, 0], scale: [1, 1], secondMoment: [1, 1] }
 */
export function popart(
  numOutputs: number,
  stepSize: ArrayLike | null,
  scaleLb: number,
  scaleUb: number,
  options: PopArtOptions = {},
): [initialState: () => PopArtState, popartUpdate: PopArtUpdate] {
  const initialState = (): PopArtState => ({
    shift: np.zeros([numOutputs]),
    scale: np.ones([numOutputs]),
    secondMoment: np.ones([numOutputs]),
  });
  const update: PopArtUpdate = (params, state, targets, indices) => {
    if (stepSize === null) return [params, state];
    const next = art(state, targets, indices, stepSize, scaleLb, scaleUb, options);
    return [pop(params, state, next), next];
  };
  return [initialState, update];
}
