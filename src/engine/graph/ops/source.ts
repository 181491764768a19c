// Operations without operands, and those that say something of the graph.
import { needAxes, typed } from "./row.ts";
import { row } from "./common.ts";

export const SOURCE = {
  parameter: row<"parameter">("source", "parameter", 0, { index: "index" }, { infer: (_i, _a, given) => given }),
  constant: row<"constant">(
    "source",
    "constant",
    0,
    { value: "value" },
    {
      infer: (_i, { value }) => [value.dtype === "key<fry>" ? typed([...value.shape, 2], "uint32") : typed(value.shape, value.dtype)],
    },
  ),
  iota: row<"iota">(
    "source",
    "iota",
    0,
    { dim: "iota_dimension" },
    {
      category: "elementwise",
      infer: (_i, { dim }, [t]) => {
        needAxes([dim], t!.shape.length, "iota: the dimension");
        return [t!];
      },
    },
  ),
  get: row<"get">("structure", "get_tuple_element", 1, { index: "index" }, { infer: (_i, _a, given) => given }),
  barrier: row<"barrier">("structure", "optimization_barrier", 1, {}, { infer: ([x]) => [x!] }),
};
