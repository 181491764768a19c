// Operations that run something else: loops, branches, routines of the library, JavaScript.
import { need, show, typed } from "./row.ts";
import { isIndex, needRegion, perElement, row } from "./common.ts";

export const CONTROL = {
  while: row<"while">(
    "control",
    "while",
    null,
    { cond: "cond", body: "body" },
    {
      regions: ({ cond, body }) => [cond, body],
      infer: (carried, { cond, body }) => {
        needRegion(cond, carried, [typed([], "bool")], "the condition");
        needRegion(body, carried, carried, "the body");
        return carried;
      },
    },
  ),
  case: row<"case">(
    "control",
    "case",
    null,
    { branches: "branches" },
    {
      regions: ({ branches }) => branches,
      infer: ([index, ...operands], { branches }, given) => {
        need(
          index!.shape.length === 0 && (isIndex(index!) || index!.dtype === "bool"),
          () => `case: the index is ${show(index!)}, expected an integer scalar`,
        );
        need(branches.length > 0, () => "case: there are no branches");
        branches.forEach((b, i) => needRegion(b, operands, given, `branch ${i}`));
        return given;
      },
    },
  ),
  library: row<"library">("library", "custom_call", null, { name: "name", params: "params" }, { ...perElement, infer: (_i, _a, given) => given }),
  callback: row<"callback">("callback", "custom_call", null, { call: "call", effectful: "has_side_effect" }, { infer: (_i, _a, given) => given }),
};
