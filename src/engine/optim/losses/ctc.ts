// Connectionist temporal classification (Graves et al., 2006): the likelihood of a sequence of labels under all alignments with frames.
import { ShapeError } from "../../core/errors.ts";
import type { ArrayLike } from "../../core/treeTypes.ts";
import type { Value } from "../../core/value.ts";
import { scan } from "../../lax/control.ts";
import { asArray } from "../../numpy/convert.ts";
import * as np from "../../numpy/index.ts";
import { logSoftmax, oneHot } from "../../nn/index.ts";
import { floats, integers, sameShape } from "./check.ts";

/** Options of the CTC losses. */
export interface CtcLossOptions {
  /** The class that stands for "nothing". */
  readonly blankId?: number;
  /** What stands for log 0. */
  readonly logEpsilon?: number;
}
/** −log likelihood of each sequence. Shapes: logits [B,T,K], logitPaddings [B,T], labels [B,N], labelPaddings [B,N]; paddings are 1 where there is nothing.
 * @example optim.losses.ctcLoss(np.zeros([1, 3, 2]), np.zeros([1, 3]), np.int32([[1, 1]]), np.zeros([1, 2])).shape // [1] */
export const ctcLoss = (
  logits: ArrayLike,
  logitPaddings: ArrayLike,
  labels: ArrayLike,
  labelPaddings: ArrayLike,
  options: CtcLossOptions = {},
): Value => ctcLossWithForwardProbs(logits, logitPaddings, labels, labelPaddings, options)[0];

/** As `ctcLoss`, with the logarithms of forward probabilities of blank and label states: `[loss [B], blank [T,B,N+1], label [T,B,N]]`.
 * @example const [loss] = optim.losses.ctcLossWithForwardProbs(np.zeros([1, 2, 2]), np.zeros([1, 2]), np.int32([[1]]), np.zeros([1, 1]));
 * np.exp(np.negative(loss)) // [0.75] */
export function ctcLossWithForwardProbs(
  logits: ArrayLike,
  logitPaddings: ArrayLike,
  labels: ArrayLike,
  labelPaddings: ArrayLike,
  options: CtcLossOptions = {},
): [loss: Value, blank: Value, label: Value] {
  const fn = "ctcLoss";
  const { blankId = 0, logEpsilon = -1e5 } = options;
  const x = floats(fn, "logits", logits);
  const y = integers(fn, "labels", labels);
  if (x.ndim !== 3 || y.ndim !== 2)
    throw new ShapeError(
      `optim.losses.${fn}: logits have 3 axes and labels 2, got ${x.ndim} and ${y.ndim}. Instead: [batch, frames, classes] and [batch, labels]`,
    );
  sameShape(fn, "labels", y, "labelPaddings", labelPaddings);
  const [batch, , classes] = x.shape as [number, number, number];
  const most = y.shape[1]!;
  if (y.shape[0] !== batch) throw new ShapeError(`optim.losses.${fn}: labels are for ${batch} sequences, as logits are, got ${y.shape[0]}`);
  const frames = (v: Value): Value => np.transpose(v, [1, 0, 2]);
  const log = logSoftmax(x);
  const lengths = np.subtract(most, np.sum(labelPaddings, { axis: 1 }).astype("int32"));
  // An equal neighbour can only be told apart by a blank between.
  const repeat = np.pad(y.get(":", ":-1").eq(y.get(":", "1:")).astype("float32"), [
    [0, 0],
    [0, 1],
  ]);
  const blank = frames(log.get(":", ":", `${blankId}:${blankId + 1}`));
  const emit = frames(np.einsum("btk,bnk->btn", log, oneHot(y, classes)));
  const atStart = np
    .full([batch, most + 1], logEpsilon, { dtype: "float32" })
    .at(":", 0)
    .set(0);
  const enter = (phi: Value, added: Value): Value => np.concatenate([phi.get(":", ":1"), np.logaddexp(phi.get(":", "1:"), added)], { axis: -1 });
  type Carry = readonly [phi: Value, emit: Value];
  const step = ([phi, label]: Carry, [logEmit, logBlank, pad0]: readonly [Value, Value, Value]): [Carry, Carry] => {
    const direct = enter(phi, label.add(np.multiply(logEpsilon, repeat)));
    const nextLabel = np.logaddexp(direct.get(":", ":-1").add(logEmit), label.add(logEmit));
    const viaBlank = label.add(logBlank).add(np.multiply(logEpsilon, np.subtract(1, repeat)));
    const nextPhi = enter(direct.add(logBlank), viaBlank);
    const pad = np.reshape(pad0, [batch, 1]);
    const stay = (before: Value, now: Value): Value => pad.mul(before).add(np.subtract(1, pad).mul(now));
    const next: Carry = [stay(phi, nextPhi), stay(label, nextLabel)];
    return [next, next];
  };
  const paddings = np.transpose(asArray(logitPaddings, `optim.losses.${fn}`, "logitPaddings"));
  const init: Carry = [atStart, np.full([batch, most], logEpsilon, { dtype: "float32" })];
  const [, [phis, labelsAlpha]] = scan(step as never, init as never, [emit, blank, paddings] as never) as unknown as [Carry, Carry];
  const last = enter(phis.get(-1), labelsAlpha.get(-1));
  const loss = np.negative(np.sum(last.mul(oneHot(lengths, most + 1)), { axis: 1 }));
  return [loss, phis.at(-1).set(last), labelsAlpha];
}
