// What is known of HLO's operations: their kind, and what computing them takes.
import type { Category } from "../engine/report/types.ts";
import { type HloInstruction, calledBy } from "./hlo.ts";
import { elements } from "./shape.ts";

const KINDS: Readonly<Record<Exclude<Category, "other">, string>> = {
  input: "parameter constant iota infeed partition-id replica-id rng-get-and-update-state",
  elementwise:
    "abs add and atan2 cbrt ceil clamp clz compare complex convert cosine count-leading-zeros divide erf exponential exponential-minus-one floor imag is-finite log log-plus-one logistic maximum minimum multiply negate not or popcnt power real reduce-precision remainder round-nearest-afz round-nearest-even rsqrt select shift-left shift-right-arithmetic shift-right-logical sign sine sqrt stochastic-convert subtract tan tanh xor map rng rng-bit-generator acos acosh asin asinh atanh cosh sinh",
  movement:
    "bitcast bitcast-convert broadcast concatenate copy copy-start copy-done dynamic-reshape dynamic-slice dynamic-update-slice gather get-tuple-element pad reshape reverse scatter slice transpose tuple optimization-barrier set-dimension-size get-dimension-size add-dependency after-all",
  reduction: "reduce reduce-window select-and-scatter sort topk",
  contraction: "dot convolution ragged-dot scaled-dot",
  control: "while conditional call async-start async-update async-done",
  library: "custom-call cholesky triangular-solve fft batch-norm-training batch-norm-inference batch-norm-grad",
  callback: "outfeed send send-done recv recv-done",
  collective:
    "all-gather all-gather-start all-gather-done all-reduce all-reduce-start all-reduce-done all-to-all collective-broadcast collective-permute collective-permute-start collective-permute-done reduce-scatter ragged-all-to-all",
};
const KIND = new Map(Object.entries(KINDS).flatMap(([kind, ops]) => ops.split(" ").map((op) => [op, kind as Category] as const)));
export function kindOf(n: HloInstruction): Category {
  if (n.op === "custom-call" && /callback/i.test(n.attributes.get("custom_call_target") ?? "")) return "callback";
  return KIND.get(n.op) ?? "other";
}
/** What takes no time of its own: names for parts of values, and values that are there. */
const FREE = new Set(["parameter", "constant", "tuple", "get-tuple-element", "bitcast", "after-all", "add-dependency", "partition-id", "replica-id"]);
export const isFree = (n: HloInstruction): boolean => FREE.has(n.op);
export const isControl = (n: HloInstruction): boolean => n.op === "while" || n.op === "conditional" || n.op === "call";
/** The computations that an instruction runs as programs of their own: loops' conditions and bodies, branches, called programs. Each with its part in it. */
export const programsOf = (n: HloInstruction): readonly (readonly [part: string, names: readonly string[]])[] => [
  ["condition", calledBy(n, "condition")],
  ["body", calledBy(n, "body")],
  ["branch", [...calledBy(n, "branch_computations"), ...calledBy(n, "true_computation"), ...calledBy(n, "false_computation")]],
  ["program", n.op === "call" ? calledBy(n, "to_apply") : n.op.startsWith("async") ? calledBy(n, "calls") : []],
];

const TRANSCENDENTAL =
  /^(?:atan2|cbrt|cosine|erf|exponential|exponential-minus-one|log|log-plus-one|logistic|power|rsqrt|sine|sqrt|tan|tanh|acosh?|asinh?|atanh|cosh|sinh)$/;
export const isTranscendentalOp = (op: string): boolean => TRANSCENDENTAL.test(op);
export const isTranscendental = (n: HloInstruction): boolean => isTranscendentalOp(n.op);
/** Arithmetic operations of one evaluation. */
export function flopsOf(n: HloInstruction, find: (name: string) => HloInstruction | undefined): number {
  const kind = kindOf(n);
  const out = elements(n.shape);
  if (kind === "elementwise") return out;
  const first = n.operands[0] === undefined ? undefined : find(n.operands[0]);
  if (kind === "reduction") return first ? elements(first.shape) : out;
  if (n.op === "dot") return 2 * out * contracted(n, first);
  if (n.op === "convolution") return 2 * out * kernelSize(n, n.operands[1] === undefined ? undefined : find(n.operands[1]));
  return 0;
}
function contracted(n: HloInstruction, lhs: HloInstruction | undefined): number {
  if (lhs?.shape.kind !== "array") return 1;
  const { dims } = lhs.shape;
  return calledBy(n, "lhs_contracting_dims").reduce((product, d) => product * (dims[Number(d)] ?? 1), 1);
}
/** Elements of the kernel that make one element of the output. */
function kernelSize(n: HloInstruction, kernel: HloInstruction | undefined): number {
  const labels = /_([\dio]+)->/.exec(n.attributes.get("dim_labels") ?? "")?.[1];
  if (kernel?.shape.kind !== "array" || !labels) return 1;
  return kernel.shape.dims.reduce((product, size, i) => (labels[i] === "o" ? product : product * size), 1);
}
