// Which argument's memory each result may have: of those that were given away the first one of the result's type that no other result has.
import { type TensorType, showType } from "../../graph/graph.ts";

/** @param donated by parameter; missing ones are kept @returns by result the parameter, or null */
export function takers(params: readonly TensorType[], outs: readonly TensorType[], donated: readonly boolean[]): (number | null)[] {
  const open = params.flatMap((t, i) => (donated[i] ? [{ i, type: showType(t) }] : []));
  return outs.map((t) => {
    const at = open.findIndex((p) => p.type === showType(t));
    return at < 0 ? null : open.splice(at, 1)[0]!.i;
  });
}
