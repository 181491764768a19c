// Graph: the second IR. StableHLO's operations and semantics, each node tied to the jaxpr equations it came from.
import { type Shape, sizeOf, sameShape } from "../core/aval.ts";
import { type DType, itemsize } from "../core/dtypes.ts";
import type { Eqn } from "../core/jaxpr.ts";
import type { NDArray } from "../core/value.ts";
import { type BinaryOp, type UnaryOp, rowOf } from "./ops.ts";

export { type BinaryOp, type UnaryOp, isElementwise, isMovement } from "./ops.ts";

export interface TensorType {
  readonly shape: Shape;
  readonly dtype: DType;
}
export const showType = (t: TensorType): string => `${t.dtype}[${t.shape.join()}]`;
export const bytesOf = (t: TensorType): number => sizeOf(t.shape) * itemsize(t.dtype);

export type Direction = "eq" | "ne" | "lt" | "le" | "gt" | "ge";
export type ReduceKind = "add" | "mul" | "max" | "min" | "and" | "or" | "xor";

export interface WindowAttrs {
  readonly window: readonly number[];
  readonly strides: readonly number[];
  readonly padding: readonly (readonly [number, number])[];
  readonly baseDilation: readonly number[];
  readonly windowDilation: readonly number[];
}
export interface GatherAttrs {
  readonly offsetDims: readonly number[];
  readonly collapsedSliceDims: readonly number[];
  readonly startIndexMap: readonly number[];
  readonly operandBatchingDims: readonly number[];
  readonly startIndicesBatchingDims: readonly number[];
  readonly sliceSizes: readonly number[];
  /** "clip" clamps starts; "fill" gives `fillValue` for windows that do not fit. */
  readonly mode: "clip" | "fill";
  readonly fillValue: number | bigint;
}
export interface ScatterAttrs {
  readonly updateWindowDims: readonly number[];
  readonly insertedWindowDims: readonly number[];
  readonly scatterDimsToOperandDims: readonly number[];
  readonly operandBatchingDims: readonly number[];
  readonly scatterIndicesBatchingDims: readonly number[];
  readonly combine: ReduceKind | "set";
  readonly mode: "clip" | "drop";
}
export interface ConvAttrs {
  readonly lhsSpec: readonly number[];
  readonly rhsSpec: readonly number[];
  readonly outSpec: readonly number[];
  readonly strides: readonly number[];
  readonly padding: readonly (readonly [number, number])[];
  readonly lhsDilation: readonly number[];
  readonly rhsDilation: readonly number[];
  readonly featureGroups: number;
  readonly batchGroups: number;
}
export interface DotAttrs {
  readonly lhsBatch: readonly number[];
  readonly rhsBatch: readonly number[];
  readonly lhsContract: readonly number[];
  readonly rhsContract: readonly number[];
}

type None = Readonly<Record<never, never>>;
/** Attributes by operation, for all but the scalar operations of ops/scalar.ts, which have none. */
export interface StructuredAttrs {
  parameter: { readonly index: number };
  constant: { readonly value: NDArray };
  compare: { readonly direction: Direction; readonly total: boolean };
  /** inputs: predicate, on true, on false */
  select: None;
  /** inputs: low, operand, high */
  clamp: None;
  betainc: None;
  convert: None;
  bitcast: None;
  reduce_precision: { readonly exponentBits: number; readonly mantissaBits: number };
  iota: { readonly dim: number };
  broadcast: { readonly dims: readonly number[] };
  reshape: None;
  transpose: { readonly permutation: readonly number[] };
  slice: { readonly start: readonly number[]; readonly strides: readonly number[] };
  /** inputs: operand, padding value; negative low/high crop. */
  pad: { readonly low: readonly number[]; readonly high: readonly number[]; readonly interior: readonly number[] };
  reverse: { readonly dims: readonly number[] };
  concatenate: { readonly dim: number };
  dynamic_slice: None;
  dynamic_update_slice: None;
  gather: GatherAttrs;
  scatter: ScatterAttrs;
  reduce: { readonly dims: readonly number[]; readonly kind: ReduceKind };
  arg_reduce: { readonly axis: number; readonly kind: "max" | "min" };
  /** Any reducer: inputs are operands then initial values; body takes accumulators then elements. */
  generic_reduce: { readonly dims: readonly number[]; readonly body: Graph };
  cumulative: { readonly axis: number; readonly reverse: boolean; readonly kind: "add" | "mul" | "max" | "min" | "logsumexp" };
  reduce_window: WindowAttrs & { readonly kind: ReduceKind };
  generic_reduce_window: WindowAttrs & { readonly body: Graph };
  dot: DotAttrs;
  conv: ConvAttrs;
  /** A routine of the run-time library (sorting, factorizations, FFT), by name. */
  library: { readonly name: string; readonly params: Readonly<Record<string, unknown>> };
  /** A call back into JavaScript: prints, pure callbacks. */
  callback: { readonly call: (...args: NDArray[]) => readonly NDArray[]; readonly effectful: boolean };
  while: { readonly cond: Graph; readonly body: Graph };
  /** inputs: index, then the operands of every branch. */
  case: { readonly branches: readonly Graph[] };
  /** One result of a node with several. */
  get: { readonly index: number };
  /** Keeps passes from moving operations across it. */
  barrier: None;
}
/** Attributes by operation. */
export interface OpAttrs extends Record<UnaryOp | BinaryOp, None>, StructuredAttrs {}
export type OpName = keyof OpAttrs;

export class Node<K extends OpName = OpName> {
  /** Equations that this node computes (a part of). */
  origin: readonly Eqn[];
  constructor(
    /** Unique in its graph while that is built, in the whole program once it is numbered (regions.ts). */
    public id: number,
    readonly op: K,
    readonly inputs: readonly Node[],
    readonly attrs: OpAttrs[K],
    readonly types: readonly TensorType[],
    origin: readonly Eqn[],
  ) {
    this.origin = origin;
  }
  get type(): TensorType {
    return this.types[0]!;
  }
  get shape(): Shape {
    return this.types[0]!.shape;
  }
  get dtype(): DType {
    return this.types[0]!.dtype;
  }
  is<J extends OpName>(...ops: J[]): this is Node<J> {
    return (ops as OpName[]).includes(this.op);
  }
}
export class Graph {
  constructor(
    readonly params: readonly Node[],
    readonly nodes: readonly Node[],
    readonly outs: readonly Node[],
    readonly name: string = "",
  ) {}
}

/** Builds a graph node by node. Types are inferred by the operations' rows. */
export class GraphBuilder {
  readonly nodes: Node[] = [];
  origin: readonly Eqn[] = [];
  /** What the next effect has to wait for. */
  token: Node | null = null;
  readonly #params: Node[] = [];
  #next = 0;
  constructor(readonly name = "") {}

  /** A node of given types: for copies, and for operations whose results the operands do not fix. The verifier holds them to their rows. */
  node<K extends OpName>(op: K, inputs: readonly Node[], attrs: OpAttrs[K], types: readonly TensorType[]): Node {
    const n = new Node<OpName>(this.#next++, op, inputs, attrs, types, this.origin);
    this.nodes.push(n);
    return n;
  }
  /** A node whose type its row infers; `given` is what the operands leave open. Throws GraphError where they do not fit. */
  #typed<K extends OpName>(op: K, inputs: readonly Node[], attrs: OpAttrs[K], given: readonly TensorType[] = []): Node {
    return this.node(op, inputs, attrs, rowOf(op).infer(inputs, attrs, given));
  }
  param(type: TensorType): Node {
    const n = this.node("parameter", [], { index: this.#params.length }, [type]);
    this.#params.push(n);
    return n;
  }
  constant(value: NDArray): Node {
    return this.#typed("constant", [], { value });
  }
  unary(op: UnaryOp, x: Node): Node {
    return this.#typed(op, [x], {});
  }
  binary(op: BinaryOp, x: Node, y: Node): Node {
    return this.#typed(op, [x, y], {});
  }
  compare(direction: Direction, x: Node, y: Node, total = false): Node {
    return this.#typed("compare", [x, y], { direction, total });
  }
  select(p: Node, t: Node, f: Node): Node {
    return this.#typed("select", [p, t, f], {});
  }
  convert(x: Node, dtype: DType): Node {
    return x.dtype === dtype ? x : this.#typed("convert", [x], {}, [{ shape: x.shape, dtype }]);
  }
  bitcast(x: Node, type: TensorType): Node {
    return this.#typed("bitcast", [x], {}, [type]);
  }
  iota(type: TensorType, dim: number): Node {
    return this.#typed("iota", [], { dim }, [type]);
  }
  broadcast(x: Node, shape: Shape, dims: readonly number[]): Node {
    return this.#typed("broadcast", [x], { dims }, [{ shape, dtype: x.dtype }]);
  }
  /** A scalar node spread over a shape. */
  splat(x: Node, shape: Shape): Node {
    return shape.length === 0 ? x : this.broadcast(x, shape, []);
  }
  reshape(x: Node, shape: Shape): Node {
    return sameShape(x.shape, shape) ? x : this.#typed("reshape", [x], {}, [{ shape, dtype: x.dtype }]);
  }
  transpose(x: Node, permutation: readonly number[]): Node {
    return permutation.every((p, i) => p === i) ? x : this.#typed("transpose", [x], { permutation });
  }
  slice(x: Node, start: readonly number[], limit: readonly number[], strides: readonly number[]): Node {
    const shape = start.map((s, i) => Math.max(0, Math.ceil((limit[i]! - s) / strides[i]!)));
    return this.#typed("slice", [x], { start, strides }, [{ shape, dtype: x.dtype }]);
  }
  reduce(x: Node, dims: readonly number[], kind: ReduceKind): Node {
    return dims.length === 0 ? x : this.#typed("reduce", [x], { dims, kind });
  }
  /** The results of a node with several, one node each. */
  results(n: Node): Node[] {
    return n.types.length === 1 ? [n] : n.types.map((t, index) => this.node("get", [n], { index }, [t]));
  }
  library(name: string, inputs: readonly Node[], params: Readonly<Record<string, unknown>>, types: readonly TensorType[]): Node[] {
    return this.results(this.node("library", inputs, { name, params }, types));
  }
  build(outs: readonly Node[]): Graph {
    return new Graph(this.#params, this.nodes, outs, this.name);
  }
}
