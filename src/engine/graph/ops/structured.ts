// Operations with attributes, by kind. The table is total over StructuredAttrs, so that an operation without a row does not compile.
import type { StructuredAttrs } from "../graph.ts";
import { CONTRACTION } from "./contraction.ts";
import { CONTROL } from "./control.ts";
import { ELEMENTWISE } from "./elementwise.ts";
import { MOVEMENT } from "./movement.ts";
import { REDUCTION } from "./reduction.ts";
import type { Row } from "./row.ts";
import { SOURCE } from "./source.ts";

export const STRUCTURED: { readonly [K in keyof StructuredAttrs]: Row<StructuredAttrs[K]> } = {
  ...SOURCE,
  ...ELEMENTWISE,
  ...MOVEMENT,
  ...REDUCTION,
  ...CONTRACTION,
  ...CONTROL,
};
