// Copies that take time, each on a line: what a loop carries over stands on the line where its turn ends, what it starts from on the line of the loop.
import { timedCopies } from "../../compiler/plan/copies.ts";
import type { CopyStep, Plan } from "../../compiler/plan/types.ts";
import type { Node } from "../../graph/graph.ts";
import type { Place } from "../programLines.ts";
import type { Frame } from "../types.ts";
import type { Measured } from "./measure.ts";
import type { FlatStep } from "./steps.ts";

export interface TimedCopy {
  readonly step: FlatStep;
  readonly place: Place;
  readonly calls: number;
  readonly ms: number;
}
export interface LineContext {
  readonly frameOf: (n: Node) => Frame | undefined;
  readonly home: Place;
}
export function copySteps(plan: Plan, steps: readonly FlatStep[], { copies }: Pick<Measured, "copies">, c: LineContext): TimedCopy[] {
  const ids = timedCopies(plan);
  return steps.flatMap((step): TimedCopy[] => {
    const { source } = step;
    const id = source.kind === "copy" ? ids.get(source) : undefined;
    const found = id === undefined ? undefined : copies.get(id);
    return source.kind === "copy" && found ? [{ step, place: placeOf(source, c), ...found }] : [];
  });
}
function placeOf({ value, carried }: CopyStep, { frameOf, home }: LineContext): Place {
  const short = (f: Frame): Place => ({ file: f.file, line: f.line });
  const loop = carried && frameOf(carried.loop);
  if (!carried?.eachTurn) {
    const at = loop ?? frameOf(value);
    return at ? short(at) : home;
  }
  // A body's results are handed on where the last of them is made; some are only other carried values and stand nowhere.
  const made = carried.loop.attrs.body.outs.flatMap((o) => (o.is("parameter", "constant") ? [] : (frameOf(o) ?? [])));
  const own = made.filter((f) => !loop || f.file !== loop.file || f.line !== loop.line);
  const [first] = own;
  if (!first) return loop ? short(loop) : home;
  return short(own.reduce((last, f) => (f.file === last.file && f.line > last.line ? f : last), first));
}
