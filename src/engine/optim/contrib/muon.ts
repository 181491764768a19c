// optim.contrib: Muon (Jordan et al., 2024): momentum of matrices made orthogonal by Newton–Schulz iterations; Adam for everything else.
import { type Tree, leavesOf, structure } from "../../core/pytree.ts";
import { ArgumentError } from "../../core/errors.ts";
import type { DType } from "../../core/dtypes.ts";
import type { ArrayLike } from "../../core/treeTypes.ts";
import type { Value } from "../../core/value.ts";
import { asArray } from "../../numpy/convert.ts";
import * as np from "../../numpy/index.ts";
import { addDecayedWeights } from "../adding.ts";
import { type GradientTransformation, type ScalarOrSchedule, mapLeaves, statelessOf, transformation } from "../base.ts";
import { chain } from "../combining.ts";
import { type Mask, partition } from "../masking.ts";
import * as n from "../numerics.ts";
import { adamw } from "../optimizers.ts";
import { scaleByLearningRate } from "../scaling.ts";

type Coefficients = readonly [a: number, b: number, c: number];
/** Coefficients by name: "standard" for every step, "dion" one for each. */
const PRESETS: Readonly<Record<string, readonly Coefficients[]>> = {
  standard: [[3.4445, -4.775, 2.0315]],
  dion: [
    [4.0848, -6.8946, 2.927],
    [3.9505, -6.3029, 2.6377],
    [3.7418, -5.5913, 2.3037],
    [2.8769, -3.1427, 1.2046],
    [2.8366, -3.0525, 1.2012],
  ],
};
/** Options of `scaleByMuon`. */
export interface ScaleByMuonOptions {
  /** A preset's name, one triple of coefficients, or one for each step. */
  readonly nsCoeffs?: string | Coefficients | readonly Coefficients[];
  readonly nsSteps?: number;
  readonly beta?: ArrayLike;
  readonly eps?: number;
  readonly muDtype?: DType | null;
  readonly nesterov?: boolean;
  /** Scales each direction by its product with the momentum. */
  readonly adaptive?: boolean;
}
function coefficientsOf(given: ScaleByMuonOptions["nsCoeffs"], steps: number): readonly Coefficients[] {
  const list =
    typeof given === "string"
      ? PRESETS[given]
      : given === undefined
        ? PRESETS["standard"]
        : typeof given[0] === "number"
          ? [given as Coefficients]
          : (given as readonly Coefficients[]);
  if (!list) throw new ArgumentError(`optim.contrib.muon: nsCoeffs is "${String(given)}", expected one of ${Object.keys(PRESETS).join(", ")}`);
  if (list.length === 1) return Array.from({ length: steps }, () => list[0]!);
  if (list.length < steps) throw new ArgumentError(`optim.contrib.muon: ${list.length} coefficients do not do for ${steps} steps`);
  return list.slice(-steps);
}
/** The nearest matrix with orthogonal rows or columns, roughly: singular values go to about 1. */
function orthogonalize(matrix: Value, coefficients: readonly Coefficients[], eps: number): Value {
  if (matrix.ndim !== 2)
    throw new ArgumentError(
      `optim.contrib.scaleByMuon: parameters are matrices, got shape [${matrix.shape.join(",")}]. Instead: optim.contrib.muon, which leaves others to Adam`,
    );
  const tall = matrix.shape[0]! > matrix.shape[1]!;
  const wide = tall ? np.transpose(matrix) : matrix;
  let x = wide.div(np.linalg.norm(wide).add(eps));
  for (const [a, b, c] of coefficients) {
    const gram = np.matmul(x, np.conj(np.transpose(x)));
    const mix = np.multiply(b, gram).add(np.matmul(np.multiply(c, gram), gram));
    x = np.multiply(a, x).add(np.matmul(mix, x));
  }
  return tall ? np.transpose(x) : x;
}
/** Momentum made orthogonal; every leaf is a matrix.
 * @example const tx = optim.contrib.scaleByMuon(); const params = { w: np.zeros([2, 2]) };
 * tx.update({ w: np.eye(2) }, tx.init(params), params)[0] // { w: [[1.108, 0], [0, 1.108]] } */
export function scaleByMuon(options: ScaleByMuonOptions = {}): GradientTransformation {
  const { nsSteps = 5, beta = 0.95, eps = 1e-8, muDtype, nesterov = true, adaptive = false } = options;
  const coefficients = coefficientsOf(options.nsCoeffs, nsSteps);
  return transformation<{ readonly count: Value; readonly mu: Tree }>(
    (params) => ({ count: n.zeroCount(), mu: n.zerosOf(params, muDtype) }),
    (updates, state) => {
      const mu = n.updateMoment(updates, state.mu, beta, 1);
      const count = n.safeIncrement(state.count);
      const direction = nesterov
        ? mapLeaves(
            (m, g) => np.multiply(beta, m).add(np.multiply(n.oneMinus(beta), g)),
            n.biasCorrection(mu, beta, n.safeIncrement(count)),
            n.biasCorrection(updates, beta, count),
          )
        : n.biasCorrection(mu, beta, count);
      const out = mapLeaves((m) => {
        const q = orthogonalize(m, coefficients, eps);
        return adaptive ? np.sum(np.conj(m).mul(q)).mul(q) : q;
      }, direction);
      return [out, { count, mu: n.castTree(mu, muDtype) }];
    },
  );
}
/** Options of `scaleByShape`. */
export interface ScaleByShapeOptions {
  /** Root mean square of every update's elements; without it, √max(1, columns / rows). */
  readonly consistentRms?: number | null;
}
/** Scales a matrix by its shape, so that one learning rate does for all.
 * @example const tx = optim.contrib.scaleByShape(); const params = { w: np.zeros([8, 2]) };
 * tx.update({ w: np.ones([8, 2]) }, tx.init(params), params)[0].w.get(0) // [1, 1] */
export const scaleByShape = ({ consistentRms = null }: ScaleByShapeOptions = {}): GradientTransformation =>
  statelessOf((u) =>
    mapLeaves((g) => {
      const [rows, columns] = g.shape as [number, number];
      return np.multiply(consistentRms === null ? Math.sqrt(Math.max(1, columns / rows)) : Math.sqrt(Math.max(rows, columns)) * consistentRms, g);
    }, u),
  );
/** Options of `muon`. */
export interface MuonOptions extends ScaleByMuonOptions, ScaleByShapeOptions {
  readonly weightDecay?: ScalarOrSchedule;
  readonly weightDecayMask?: Mask | null;
  readonly adamB1?: ArrayLike;
  readonly adamB2?: ArrayLike;
  readonly adamEpsRoot?: ArrayLike;
  readonly adamWeightDecay?: ScalarOrSchedule;
  /** Learning rate of what is no matrix; the same by default. */
  readonly adamLearningRate?: ScalarOrSchedule | null;
}
/** Muon for matrices, AdamW for vectors and everything else.
 * @example const tx = optim.contrib.muon(0.1); const params = { w: np.zeros([2, 2]) };
 * tx.update({ w: np.eye(2) }, tx.init(params), params)[0] // { w: [[-0.1108, 0], [0, -0.1108]] } */
export function muon(learningRate: ScalarOrSchedule, options: MuonOptions = {}): GradientTransformation {
  const { weightDecay = 0, weightDecayMask = null, adamB1 = 0.9, adamB2 = 0.999, adamEpsRoot = 0, adamWeightDecay = 0, ...rest } = options;
  const { adamLearningRate, consistentRms = null, ...muonOptions } = rest;
  const labels = (params: Tree): Tree =>
    structure(params).unflatten((leavesOf(params) as ArrayLike[]).map((p) => (asArray(p, "optim.contrib.muon").ndim === 2 ? "muon" : "adam")));
  const { eps = 1e-8, muDtype = null, nesterov = true } = muonOptions;
  return partition(
    {
      muon: chain(
        scaleByMuon(muonOptions),
        scaleByShape({ consistentRms }),
        addDecayedWeights(weightDecay, { mask: weightDecayMask }),
        scaleByLearningRate(learningRate),
      ),
      adam: adamw(adamLearningRate ?? learningRate, {
        b1: adamB1,
        b2: adamB2,
        eps,
        epsRoot: adamEpsRoot,
        weightDecay: adamWeightDecay,
        muDtype,
        nesterov,
      }),
    },
    labels,
  );
}
