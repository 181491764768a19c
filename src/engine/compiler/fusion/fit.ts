// Whether two kernels can be one: a comparison of their loop signatures and of where the one reads what the other computes.
import { type Sentence, sentence } from "../../core/sentence.ts";
import { sameShape } from "../../core/aval.ts";
import type { Node } from "../../graph/graph.ts";
import { isFree } from "./facts.ts";
import type { Candidate } from "./groups.ts";
import type { Fit } from "./rules/rule.ts";
import type { Loops, Rows, Signature, Visit } from "./signature.ts";

const refuse = (reason: Sentence, otherwise: Sentence): Fit => ({ signature: null, reason, otherwise });
const SAME_AXES = sentence("reduce both over the same axes of the same shape");
const SAME_SHAPE = sentence("give both the same shape");
const show = (shape: readonly number[]): string => `[${shape.join()}]`;
const sameRows = (a: Rows | null, b: Rows | null): boolean =>
  a !== null && b !== null && sameShape(a.full.shape, b.full.shape) && a.dims.join() === b.dims.join();

/** Kernels that do not read one another: their loops must be the same. */
export function fitSiblings(a: Signature, b: Signature): Fit {
  if (a.kind === "reduce" && b.kind === "reduce")
    return sameRows(a.rows, b.rows)
      ? { signature: a, again: false }
      : refuse(sentence("the reductions run over different shapes or axes"), SAME_AXES);
  return sameResults(a, b);
}
/** The consumer's loops inside the producer's, or the other way round. */
export function fitConsumer(a: Candidate, b: Candidate, passed: readonly Node[], loops: Loops): Fit {
  const fit = fitLoops(a.signature, b.signature);
  if (!fit.signature) return fit;
  const elsewhere = passed.find((o) => b.reads.get(o)!.some((v) => !loops.isSameElement(v, o, fit.signature)));
  if (elsewhere === undefined) return fit;
  // An elementwise value can be computed again wherever it is needed; the result of a reduction or a product cannot.
  if (passed.every((o) => canRepeat(o, a, b, fit.signature, loops))) return { signature: fit.signature, again: true };
  return refuse(
    sentence("{0} is read at other elements than the one that has just been computed", elsewhere.op),
    sentence("read it at the same place: no transpose, slice or broadcast along another axis in between"),
  );
}
/** The walk from a value to the main operation it depends on ends after so many steps. */
const MAX_WALK = 64;
/** Whether a value can be computed where `b` reads it: what it takes from the main operation of `a` must be what the loops have at hand there. */
function canRepeat(o: Node, a: Candidate, b: Candidate, s: Signature, loops: Loops): boolean {
  if (a.kind === "loop") return true;
  const stack = b.reads.get(o)!.map((v): [Node, Visit] => [o, v]);
  for (let steps = 0; stack.length > 0; steps++) {
    const [n, v] = stack.pop()!;
    if (steps > MAX_WALK) return false;
    if (!isFree(n)) {
      if (!loops.isSameElement(v, n, s)) return false;
    } else n.inputs.forEach((i, at) => a.nodes.has(i) && stack.push([i, loops.operand(n, at, v)]));
  }
  return true;
}
function fitLoops(a: Signature, b: Signature): Fit {
  if (a.kind === "loop") return b.kind === "loop" ? sameResults(a, b) : inRows(b, a);
  if (a.kind === "reduce") {
    if (b.kind !== "reduce") return inRows(a, b);
    return sameRows(a.rows, b.rows)
      ? { signature: a, again: false }
      : refuse(sentence("the reductions run over different shapes or axes"), SAME_AXES);
  }
  if (a.kind === "matmul")
    return a.results.size === b.results.size
      ? { signature: a, again: false }
      : refuse(
          sentence("the product is {0}, what is made of it {1}", show(a.results.shape), show(b.results.shape)),
          sentence("keep the shape of the product"),
        );
  return sameResults(a, b);
}
function sameResults(a: Signature, b: Signature): Fit {
  return sameShape(a.results.shape, b.results.shape)
    ? { signature: a, again: false }
    : refuse(sentence("the results have different shapes, {0} and {1}", show(a.results.shape), show(b.results.shape)), SAME_SHAPE);
}
/** Elementwise loops beside a reduction: once for each of its results, or once more over the rows that it folds. */
function inRows(reduction: Signature, elementwise: Signature): Fit {
  const { shape, size } = elementwise.results;
  if (size === reduction.results.size) return { signature: reduction, again: false };
  if (!reduction.rows) return refuse(sentence("the result is {0}, the reduction's {1}", show(shape), show(reduction.results.shape)), SAME_SHAPE);
  return sameShape(shape, reduction.rows.full.shape)
    ? { signature: reduction, again: false }
    : refuse(
        sentence(
          "the result is {0}: neither what the reduction gives, {1}, nor what it reads, {2}",
          show(shape),
          show(reduction.results.shape),
          show(reduction.rows.full.shape),
        ),
        SAME_SHAPE,
      );
}
