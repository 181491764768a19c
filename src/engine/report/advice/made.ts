// Matrices that a program makes of places (triangles, diagonals): what their numbers are is found by computing them.
import { runToEnd } from "../../backends/device.ts";
import { Compiled } from "../../backends/programs.ts";
import { Compilation } from "../../compiler/compile.ts";
import { sizeOf } from "../../core/aval.ts";
import { fromBytes } from "../../graph/evaluate/tensor.ts";
import { type Node, isElementwise, isMovement } from "../../graph/graph.ts";
import { readStorage } from "../record/trial.ts";
import type { Facts } from "./facts.ts";
import { graphOf } from "./graphs.ts";

const LARGEST = 1 << 22;
const DEEPEST = 32;
/** Whether a value is computed element by element from places (`iota`) and scalars alone, or from what is no argument: no number of it is the person's data. */
export function isMadeOfPlaces(n: Node): boolean {
  let places = false;
  const visit = (m: Node, depth: number): boolean => {
    if (m.is("iota")) return (places = true);
    if (m.is("constant")) return m.shape.length === 0;
    if (depth > DEEPEST || !(isElementwise(m) || isMovement(m))) return false;
    return m.inputs.every((i) => visit(i, depth + 1));
  };
  return visit(n, 0) && places;
}
/** The numbers of such a value; null where there are too many. */
export function numbersOf(n: Node, { context: { traced, compiled } }: Facts): ArrayLike<number> | null {
  if (sizeOf(n.shape) > LARGEST) return null;
  const made = new Compiled(new Compilation(traced.jaxpr, undefined, graphOf("numbers", n, []), compiled.compilation.target), compiled.device);
  const [out] = runToEnd(made.loaded, []);
  const { data } = fromBytes(n.type, readStorage(made.device, out!));
  out!.release();
  return Array.from(data as ArrayLike<number>, Number);
}
