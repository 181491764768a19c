// call and closed_call: calls of a program without anything of their own. Transformations open them.
import { type ClosedJaxpr, Jaxpr, ClosedJaxpr as Closed, evalClosed } from "../core/jaxpr.ts";
import { type Primitive, absent, definePrimitive } from "../core/primitive.ts";
import type { NDArray } from "../core/value.ts";
import { lowerInto } from "../graph/lower.ts";
import { batchFlat } from "./batching.ts";
import { jvpFlat } from "./jvp.ts";

interface CallParams {
  readonly callJaxpr: ClosedJaxpr | Jaxpr;
  readonly name?: string;
}
const closed = (p: CallParams): ClosedJaxpr => (p.callJaxpr instanceof Jaxpr ? new Closed(p.callJaxpr, []) : p.callJaxpr);
const callPrimitive = (name: string): Primitive<CallParams> =>
  definePrimitive<CallParams>({
    name,
    calls: { how: "once", programs: ["callJaxpr"], transparent: true },
    multipleResults: true,
    abstract: (_a, p) => closed(p).outAvals,
    impl: (args, p) => evalClosed(closed(p), args),
    jvp: (primals, tangents, p) => jvpFlat((...xs) => evalClosed(closed(p), xs), primals, tangents),
    transpose: absent("it is opened before: transposition meets its equations"),
    batch: (args, dims, p, batch) => batchFlat((...xs) => evalClosed(closed(p), xs), args, dims, batch.size, batch.axisName),
    lower: (g, inputs, p) => {
      const c = closed(p);
      return lowerInto(
        g,
        c.jaxpr,
        c.consts.map((v) => g.constant(v as NDArray)),
        inputs,
      );
    },
  });
export const call = callPrimitive("call"),
  closedCall = callPrimitive("closed_call");
