// optim.contrib: GaLore (Zhao et al., 2024): gradients of matrices in few directions, so that what an optimizer remembers is small.
import { ArgumentError, ShapeError } from "../../core/errors.ts";
import { type Tree, leavesOf, structure } from "../../core/pytree.ts";
import { broadcastPrefix } from "../../core/prefix.ts";
import type { ArrayLike } from "../../core/treeTypes.ts";
import type { Value } from "../../core/value.ts";
import { cond } from "../../lax/control.ts";
import { asArray } from "../../numpy/convert.ts";
import * as np from "../../numpy/index.ts";
import { addDecayedWeights } from "../adding.ts";
import { type GradientTransformation, type OptState, type ScalarOrSchedule, transformation } from "../base.ts";
import { chain } from "../combining.ts";
import type { Mask } from "../masking.ts";
import * as n from "../numerics.ts";
import { scaleByAdam } from "../adaptive.ts";
import { scaleByLearningRate } from "../scaling.ts";

/** Which axes of an array are the rows of a matrix, and which the columns. */
export interface GaLoreDimensionNumbers {
  /** 0. */
  readonly reductionAxis?: number | readonly number[];
  /** 1. */
  readonly outputAxis?: number | readonly number[];
}
/** Options of `scaleByGalore`. */
export interface ScaleByGaloreOptions {
  /** How many directions. 128. */
  readonly rank?: number;
  /** How many steps directions are kept for. 200. */
  readonly updateProjGap?: number;
  /** What updates are multiplied by. 1. */
  readonly scale?: ArrayLike;
  /** A transformation that looks at gradients alone. `scaleByAdam()`. */
  readonly baseOptimizer?: GradientTransformation | null;
  /**
   * What of an array is a matrix: one for all arrays of two axes or more, a tree of them (null: not projected), or a function of the parameters that gives
   * such a tree. Without it, arrays of two axes are matrices.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly weightDimensionNumbers?: GaLoreDimensionNumbers | object | ((params: any) => Tree) | null;
}
const isSpec = (v: unknown): v is GaLoreDimensionNumbers =>
  typeof v === "object" && v !== null && Object.keys(v).every((k) => k === "reductionAxis" || k === "outputAxis");
type Spec = GaLoreDimensionNumbers | null;
/** What each leaf is, in the leaves' order. */
function specsOf(given: ScaleByGaloreOptions["weightDimensionNumbers"], tree: Tree): Spec[] {
  const leaves = (leavesOf(tree) as ArrayLike[]).map((l) => asArray(l, "optim.contrib.scaleByGalore"));
  if (given === undefined || given === null) return leaves.map((l) => (l.ndim === 2 ? {} : null));
  if (isSpec(given)) return leaves.map((l) => (l.ndim >= 2 ? given : null));
  const all = typeof given === "function" ? (given as (params: Tree) => Tree)(tree) : given;
  return broadcastPrefix(all, structure(tree), "weightDimensionNumbers", (v) => v === null || isSpec(v)) as Spec[];
}
/** An array as a matrix, and a matrix as the array. */
function asMatrix(x: Value, spec: GaLoreDimensionNumbers): { matrix: Value; back: (m: Value) => Value } {
  const axes = (given: number | readonly number[]): number[] =>
    (typeof given === "number" ? [given] : [...given]).map((a) => (a < 0 ? a + x.ndim : a));
  const [rows, columns] = [axes(spec.reductionAxis ?? 0), axes(spec.outputAxis ?? 1)],
    order = [...rows, ...columns];
  if (order.length !== x.ndim || new Set(order).size !== x.ndim || order.some((a) => a < 0 || a >= x.ndim))
    throw new ShapeError(
      `optim.contrib.scaleByGalore: reductionAxis [${rows.join()}] and outputAxis [${columns.join()}] must name each axis of ${x.aval} once`,
    );
  const shape = order.map((a) => x.shape[a]!),
    size = (of: number[]): number => of.reduce((p, a) => p * x.shape[a]!, 1);
  const inverse = order.map((_a, i) => order.indexOf(i));
  return {
    matrix: np.transpose(x, order).reshape([size(rows), size(columns)]),
    back: (m) => np.transpose(m.reshape(shape), inverse),
  };
}
interface GaLoreState {
  readonly count: Value;
  readonly baseOptimizerState: OptState;
  readonly projector: Tree;
}
/** Projects gradients of matrices onto their strongest directions, lets an optimizer work there, and brings its updates back.
 * @example const tx = optim.contrib.scaleByGalore({ rank: 1, baseOptimizer: optim.identity() }); tx.update(np.array([[3, 0], [0, 1]]), tx.init(np.zeros([2,
 * 2])))[0] // [[3, 0], [0, 0]] */
export function scaleByGalore(options: ScaleByGaloreOptions = {}): GradientTransformation {
  const { rank = 128, updateProjGap = 200, scale = 1, weightDimensionNumbers } = options;
  const base = options.baseOptimizer ?? scaleByAdam();
  if (!Number.isInteger(rank) || rank < 1) throw new ArgumentError(`optim.contrib.scaleByGalore: rank is ${rank}, expected an integer of at least 1`);
  /** A function of each leaf and what it is; the results, each in a tree of its own. */
  const each = <R extends unknown[]>(tree: Tree, fn: (leaf: Value, spec: Spec, i: number) => R): { [K in keyof R]: Tree } => {
    const specs = specsOf(weightDimensionNumbers, tree),
      rows = (leavesOf(tree) as ArrayLike[]).map((l, i) => fn(asArray(l, "optim.contrib.scaleByGalore"), specs[i]!, i));
    return (rows[0] ?? []).map((_r, k) => structure(tree).unflatten(rows.map((r) => r[k]))) as unknown as { [K in keyof R]: Tree };
  };
  const init = (params: Tree): GaLoreState => {
    const [projector, small] = each(params, (p, spec): [Value, Value] => {
      if (spec === null) return [np.zeros([0, 0], { dtype: p.dtype }), np.zerosLike(p)];
      const [rows, columns] = asMatrix(p, spec).matrix.shape as [number, number],
        r = Math.min(rank, rows, columns),
        zeros = (shape: number[]): Value => np.zeros(shape, { dtype: p.dtype });
      return rows >= columns ? [zeros([rows, r]), zeros([r, columns])] : [zeros([columns, r]), zeros([rows, r])];
    });
    return { count: n.zeroCount(), baseOptimizerState: base.init(small ?? params) as OptState, projector: projector ?? params };
  };
  return transformation<GaLoreState>(init, (updates, state) => {
    const renew = np.remainder(state.count, updateProjGap).eq(0),
      old = leavesOf(state.projector) as Value[];
    const [small, projector] = each(updates, (g, spec, i): [Value, Value] => {
      if (spec === null) return [g, old[i]!];
      const { matrix } = asMatrix(g, spec),
        [rows, columns] = matrix.shape as [number, number],
        r = Math.min(rank, rows, columns),
        left = rows >= columns;
      const found = (): Value => {
        const { u, vh } = svdOf(matrix.astype("float32"));
        return (left ? u.get(":", `:${r}`) : np.transpose(vh.get(`:${r}`))).astype(g.dtype);
      };
      const p = cond(renew, found, () => old[i]!);
      return [left ? np.matmul(np.transpose(p), matrix) : np.matmul(matrix, p), p];
    });
    const [stepped, baseState] = base.update(small, state.baseOptimizerState as OptState);
    const steps = leavesOf(stepped) as Value[],
      directions = leavesOf(projector) as Value[];
    const [out] = each(updates, (g, spec, i): [Value] => {
      if (spec === null) return [steps[i]!];
      const { matrix, back } = asMatrix(g, spec),
        left = matrix.shape[0]! >= matrix.shape[1]!;
      const full = left ? np.matmul(directions[i]!, steps[i]!) : np.matmul(steps[i]!, np.transpose(directions[i]!));
      return [np.multiply(scale, back(full)).astype(g.dtype)];
    });
    return [out ?? updates, { count: n.safeIncrement(state.count), baseOptimizerState: baseState, projector }];
  });
}
const svdOf = (m: Value): { u: Value; vh: Value } => {
  const [u, , vh] = np.linalg.svd(m, { fullMatrices: false }) as readonly Value[];
  return { u: u!, vh: vh! };
};
/** Options of `galore`. */
export interface GaloreOptions extends ScaleByGaloreOptions {
  /** How much of the parameters is taken off at each step. 0. */
  readonly weightDecay?: ScalarOrSchedule;
  readonly mask?: Mask | null;
}
/** GaLore (Zhao et al., 2024): Adam in few directions of each matrix. Weight decay needs parameters.
 * @example const tx = optim.contrib.galore(0.1, { rank: 1, baseOptimizer: optim.identity() }), w = np.zeros([2, 2]); tx.update(np.array([[3, 0], [0, 1]]),
 * tx.init(w), w)[0] // [[-0.3, 0], [0, 0]] */
export function galore(learningRate: ScalarOrSchedule, options: GaloreOptions = {}): GradientTransformation {
  const { weightDecay = 0, mask = null, ...rest } = options;
  return chain(scaleByGalore(rest), addDecayedWeights(weightDecay, { mask }), scaleByLearningRate(learningRate));
}
