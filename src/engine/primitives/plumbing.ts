// Small primitives that hold programs together: tokens, staging, sinks for dead code, uninitialized arrays.
import { ShapedArray } from "../core/aval.ts";
import type { DType } from "../core/dtypes.ts";
import { type Primitive, absent, definePrimitive } from "../core/primitive.ts";
import { bind } from "../core/trace.ts";
import type { NDArray } from "../core/value.ts";
import type { GraphBuilder, Node } from "../graph/graph.ts";
import { type NoParams, notLinear, unary } from "./define.ts";
import * as o from "./ops.ts";
import { zeroValue } from "./movement.ts";

/** A token is an empty array: it carries order, no data. */
const TOKEN = new ShapedArray([0], "bool");
const noDerivative = absent("a token has no derivative");
const token = (g: GraphBuilder): Node => g.splat(g.constant(o.lit("bool", false) as NDArray), [0]);
export const createToken: Primitive<NoParams> = definePrimitive<NoParams>({
  name: "create_token",
  multipleResults: false,
  abstract: () => [TOKEN],
  jvp: noDerivative,
  transpose: notLinear,
  batch: noDerivative,
  lower: (g) => [token(g)],
});
/** One token after several. */
export const afterAll: Primitive<NoParams> = definePrimitive<NoParams>({
  name: "after_all",
  multipleResults: false,
  abstract: () => [TOKEN],
  jvp: noDerivative,
  transpose: notLinear,
  batch: noDerivative,
  lower: (g, inputs) => [inputs[0] ?? token(g)],
});
/** Lifts a value into the trace at hand: the identity. */
export const stage = unary("stage", {
  dtypes: ["b", "i", "u", "f", "c", "k"],
  jvp: ({ dx }) => o.callAll("stage", [dx])[0]!,
  transpose: (ct) => ct,
  lower: (_g, x) => x,
});
/** Marks values as used, so that the equations that make them are kept. */
export const dceSink: Primitive<{ readonly preventMlirDce?: boolean }> = definePrimitive<{ readonly preventMlirDce?: boolean }>({
  name: "dce_sink",
  multipleResults: true,
  effectful: true,
  abstract: () => [],
  impl: () => [],
  jvp: (primals, _t, p) => [bind(dceSink, primals, p), []],
  transpose: (_c, args) => args.map(() => null),
  batch: (args, _d, p) => [bind(dceSink, args, p), []],
  lower: () => [],
});
/** A scalar whose value nobody may rely on; zero here. */
export const empty: Primitive<{ readonly dtype: DType; readonly memorySpace?: unknown }> = definePrimitive<{
  readonly dtype: DType;
  readonly memorySpace?: unknown;
}>({
  name: "empty2",
  multipleResults: false,
  abstract: (_x, { dtype }) => [new ShapedArray([], dtype)],
  jvp: absent("it has no operands"),
  transpose: notLinear,
  batch: absent("it has no operands"),
  lower: (g, _x, { dtype }) => [g.constant(o.lit(dtype, zeroValue(dtype)) as NDArray)],
});
