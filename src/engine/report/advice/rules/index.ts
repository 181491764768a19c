// The rules of advice. To add one: an object in a file of its own, and a line here.
import type { AnyRule } from "../types.ts";
import { associate } from "./associate.ts";
import { branches } from "./branches.ts";
import { carries } from "./carries.ts";
import { checkpointed } from "./checkpointed.ts";
import { components } from "./components.ts";
import { diagonalMatrix, diagonalRead } from "./diagonal.ts";
import { distances } from "./distances.ts";
import { divided } from "./divided.ts";
import { donated } from "./donated.ts";
import { double } from "./double.ts";
import { fewRows } from "./fewRows.ts";
import { hostLoop } from "./hostLoop.ts";
import { invariant } from "./invariant.ts";
import { inverse } from "./inverse.ts";
import { lastSum } from "./lastSum.ts";
import { narrow } from "./narrow.ts";
import { oneHot } from "./oneHot.ts";
import { power } from "./power.ts";
import { realFourier } from "./realFourier.ts";
import { reals } from "./reals.ts";
import { recomputed } from "./recomputed.ts";
import { retraced } from "./retraced.ts";
import { roots } from "./roots.ts";
import { rows } from "./rows.ts";
import { shared } from "./shared.ts";
import { sorted } from "./sorted.ts";
import { stored } from "./stored.ts";
import { strided } from "./strided.ts";
import { summed } from "./summed.ts";
import { topFew } from "./topFew.ts";
import { triangle } from "./triangle.ts";
import { turns } from "./turns.ts";
import { unrolled } from "./unrolled.ts";

export const RULES: readonly AnyRule[] = [
  recomputed,
  power,
  sorted,
  topFew,
  lastSum,
  summed,
  triangle,
  diagonalMatrix,
  diagonalRead,
  realFourier,
  strided,
  divided,
  components,
  associate,
  invariant,
  inverse,
  branches,
  rows,
  oneHot,
  fewRows,
  roots,
  turns,
  carries,
  donated,
  narrow,
  double,
  reals,
  distances,
  stored,
  shared,
  unrolled,
  hostLoop,
  retraced,
  checkpointed,
];
