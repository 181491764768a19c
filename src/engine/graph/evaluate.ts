// The meaning of a graph: every operation as its specification says, one after another, in plain JavaScript. Nothing is fused, nothing is
// planned. The reference device runs it, and every level of the compiler is compared with it.
import { ShapedArray, sizeOf } from "../core/aval.ts";
import { DTypeError } from "../core/errors.ts";
import { HostStorage, NDArray } from "../core/value.ts";
import { CONTRACTION } from "./evaluate/contraction.ts";
import { ELEMENTWISE, scalarOperation } from "./evaluate/elementwise.ts";
import { MOVEMENT } from "./evaluate/movement.ts";
import { REDUCTION } from "./evaluate/reduction.ts";
import { type Tensor, build, castElement, fromBytes, integerOf, stored, tensor, toBytes } from "./evaluate/tensor.ts";
import { type Graph, type Node, type StructuredAttrs, type TensorType, bytesOf } from "./graph.ts";
import { scheduleOf } from "./evaluate/schedule.ts";
import { rowOf } from "./ops.ts";

/** What the run-time library offers: a routine by name works on operands and results as arrays store them. */
export interface RoutineCall {
  readonly ins: readonly { readonly type: TensorType; readonly data: Tensor["data"] }[];
  readonly outs: readonly { readonly type: TensorType; readonly data: Tensor["data"] }[];
  readonly params: Readonly<Record<string, unknown>>;
}
export interface Surroundings {
  readonly routine: (name: string) => (call: RoutineCall) => void;
  /** Iterations of a loop after which it is given up with EvaluationLimit: made-up arguments may make one endless. */
  readonly maxIterations?: number;
}
export class EvaluationLimit extends Error {}
type Evaluator<K extends keyof StructuredAttrs> = (n: Node<K>, ins: readonly Tensor[], s: Surroundings) => readonly Tensor[];

/** Makes an evaluator of a table entry that gives one result. */
const one =
  <K extends keyof StructuredAttrs>(f: (ins: readonly Tensor[], attrs: StructuredAttrs[K], out: TensorType) => Tensor): Evaluator<K> =>
  (n, ins) => [f(ins, n.attrs as StructuredAttrs[K], n.type)];
const reduction =
  <K extends keyof typeof REDUCTION>(kind: K): Evaluator<K> =>
  (n, ins, s) =>
    REDUCTION[kind](ins, n.attrs as StructuredAttrs[K], n.types, (body, args) => evaluate(body, args, s));

/** An operation without an entry does not compile. */
const EVALUATORS: { readonly [K in Exclude<keyof StructuredAttrs, "parameter" | "get">]: Evaluator<K> } = {
  constant: (n) => [fromBytes(n.type, n.attrs.value.storage.bytes().slice())],
  iota(n) {
    const { dim } = n.attrs;
    const stride = sizeOf(n.shape.slice(dim + 1));
    return [build(n.shape, n.dtype, (i) => castElement(Math.floor(i / stride) % n.shape[dim]!, n.dtype))];
  },
  barrier: (_n, ins) => ins,
  compare: one(ELEMENTWISE.compare),
  select: one(ELEMENTWISE.select),
  clamp: one(ELEMENTWISE.clamp),
  betainc: one(ELEMENTWISE.betainc),
  convert: one(ELEMENTWISE.convert),
  bitcast: one(ELEMENTWISE.bitcast),
  reduce_precision: one(ELEMENTWISE.reduce_precision),
  broadcast: one(MOVEMENT.broadcast),
  reshape: one(MOVEMENT.reshape),
  transpose: one(MOVEMENT.transpose),
  slice: one(MOVEMENT.slice),
  pad: one(MOVEMENT.pad),
  reverse: one(MOVEMENT.reverse),
  concatenate: one(MOVEMENT.concatenate),
  dynamic_slice: one(MOVEMENT.dynamic_slice),
  dynamic_update_slice: one(MOVEMENT.dynamic_update_slice),
  gather: one(MOVEMENT.gather),
  scatter: one(MOVEMENT.scatter),
  reduce: reduction("reduce"),
  arg_reduce: reduction("arg_reduce"),
  cumulative: reduction("cumulative"),
  reduce_window: reduction("reduce_window"),
  generic_reduce: reduction("generic_reduce"),
  generic_reduce_window: reduction("generic_reduce_window"),
  dot: one(CONTRACTION.dot),
  conv: one(CONTRACTION.conv),
  library(n, ins, s) {
    const outs = n.types.map((type) => ({ type, data: stored(tensor(type.shape, type.dtype)) }));
    const { name, params } = n.attrs;
    s.routine(name)({ ins: ins.map((t, i) => ({ type: n.inputs[i]!.type, data: stored(t) })), outs, params });
    return outs.map(({ type, data }) => fromBytes(type, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)));
  },
  callback(n, ins) {
    const args = ins.map((t) => new NDArray(new ShapedArray(t.shape, t.dtype), new HostStorage(toBytes(t).slice())));
    const results = n.attrs.call(...args);
    return n.types.map((type, i) => callbackResult(type, results[i], i));
  },
  while(n, carried, s) {
    const { cond, body } = n.attrs;
    const most = s.maxIterations ?? Infinity;
    let state = carried;
    for (let i = 0; integerOf(evaluate(cond, state, s)[0]!); i++) {
      if (i >= most) throw new EvaluationLimit(`a loop goes on after ${most} iterations`);
      state = evaluate(body, state, s);
    }
    return state;
  },
  case(n, [index, ...operands], s) {
    const { branches } = n.attrs;
    const i = integerOf(index!);
    // An index out of range takes the last branch.
    const chosen = i >= 0 && i < branches.length ? i : branches.length - 1;
    return evaluate(branches[chosen]!, operands, s);
  },
};
function callbackResult(type: TensorType, r: NDArray | undefined, i: number): Tensor {
  if (!r) return tensor(type.shape, type.dtype); // a token: it has no elements
  if (r.dtype !== type.dtype || r.nbytes !== bytesOf(type))
    throw new DTypeError(`a callback returned ${r.aval} as result ${i}, expected ${type.dtype}[${type.shape.join()}] as its result shapes say`);
  return fromBytes(type, r.storage.bytes().slice());
}

/** The results of a graph for arguments of its parameters' types. */
export function evaluate(graph: Graph, args: readonly Tensor[], s: Surroundings): readonly Tensor[] {
  const values = new Map<Node, readonly Tensor[]>();
  const valueOf = (n: Node): Tensor => (n.is("get") ? values.get(n.inputs[0]!)![n.attrs.index]! : values.get(n)![0]!);
  graph.params.forEach((p, i) => values.set(p, [args[i]!]));
  for (const { node, dead } of scheduleOf(graph)) {
    values.set(node, evaluateNode(node, node.inputs.map(valueOf), s));
    for (const n of dead) values.delete(n);
  }
  return graph.outs.map(valueOf);
}
/** The results of one node. */
export function evaluateNode(n: Node, ins: readonly Tensor[], s: Surroundings): readonly Tensor[] {
  const { scalar } = rowOf(n.op);
  if (scalar) return [scalarOperation(scalar, n.op, ins, n.type)];
  // The table is total over the operations that have no scalar form and are computed; the node's type parameter follows its operation.
  const evaluator = EVALUATORS[n.op as keyof typeof EVALUATORS] as unknown as Evaluator<keyof typeof EVALUATORS>;
  return evaluator(n as Node<keyof typeof EVALUATORS>, ins, s);
}
