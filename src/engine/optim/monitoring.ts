// Looking at updates as they go by: measurements stand in the state, for whoever reads it (`treeUtils.treeGet(state, "measurements")`).
import type { Tree } from "../core/pytree.ts";
import type { DType } from "../core/dtypes.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import { ema } from "./accumulation.ts";
import { type GradientTransformation, type OptState, stateless, transformation } from "./base.ts";
import { chain } from "./combining.ts";

/** What is measured of updates: an array, or a tree of them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Measure = (updates: any) => Tree;
/** Leaves updates as they are, and keeps what a function says of them under a name.
 * @example const tx = optim.snapshot("norm", optim.globalNorm), w = np.array([1, 2]); optim.treeUtils.treeGet(tx.update(np.array([3, 4]), tx.init(w), w)[1],
 * "measurement") // { norm: 5 } */
export const snapshot = (measureName: string, measure: Measure): GradientTransformation =>
  transformation<{ readonly measurement: Tree }>(
    (params) => ({ measurement: { [measureName]: measure(params) } }),
    (updates) => [updates, { measurement: { [measureName]: measure(updates) } }],
  );
interface MonitorState {
  readonly measurements: Readonly<Record<string, Tree>>;
  readonly measureStates: readonly OptState[];
}
/** Leaves updates as they are, and keeps measurements of them by name: functions of updates, or transformations, which may have memories of their own.
 * @example const tx = optim.monitor({ norm: optim.globalNorm }), w = np.array([1, 2]); optim.treeUtils.treeGet(tx.update(np.array([3, 4]), tx.init(w), w)[1],
 * "measurements") // { norm: 5 } */
export function monitor(measures: Readonly<Record<string, Measure | GradientTransformation>>): GradientTransformation {
  const all = Object.entries(measures).map(
    ([name, m]) => [name, typeof m === "function" ? (stateless((u) => m(u) as typeof u) as GradientTransformation) : m] as const,
  );
  const init = (params: Tree): MonitorState => {
    const states = all.map(([, m]) => m.init(params) as OptState),
      first = all.map(([name, m], i) => [name, m.update(params, states[i], params)[0]] as const);
    return { measurements: Object.fromEntries(first), measureStates: states };
  };
  return transformation<MonitorState>(init, (updates, state, params, extra) => {
    const results = all.map(([name, m], i) => [name, m.update(updates as Tree, state.measureStates[i], params, extra)] as const);
    return [
      updates,
      {
        measurements: Object.fromEntries(results.map(([name, [value]]) => [name, value])),
        measureStates: results.map(([, [, next]]) => next as OptState),
      },
    ];
  });
}
/** Options of `measureWithEma`. */
export interface MeasureWithEmaOptions {
  readonly debias?: boolean;
  readonly accumulatorDtype?: DType | null;
}
/** The running average of a measurement, for `monitor`.
 * @example const tx = optim.monitor({ norm: optim.measureWithEma(optim.globalNorm, 0.9) }), w = np.array([1, 2]);
 * optim.treeUtils.treeGet(tx.update(np.array([3, 4]), tx.init(w), w)[1], "measurements") // { norm: 5 } */
export function measureWithEma(measure: Measure, decay: ArrayLike, options: MeasureWithEmaOptions = {}): GradientTransformation {
  const average = ema(decay as number, options);
  return chain(
    stateless((u) => measure(u) as typeof u),
    { ...average, init: (params) => average.init(measure(params)) },
  );
}
