// Where tests look into the compiler: what is installed here sees every level of every program as it is made. Nothing is installed in use.
import type { ClosedJaxpr } from "../core/jaxpr.ts";
import type { NDArray } from "../core/value.ts";
import type { Graph } from "../graph/graph.ts";
import type { Plan } from "./plan/types.ts";

export interface CompilerChecks {
  /** A graph as it was lowered. */
  readonly traced?: (graph: Graph) => void;
  /** A graph (of any region) before and after a pass. */
  readonly pass?: (before: Graph, after: Graph, pass: string) => void;
  /** The whole program after all passes, numbered; and its plan. */
  readonly planned?: (graph: Graph, plan: Plan) => void;
  /** A program that has run, with what it was given and what it gave. */
  readonly ran?: (program: { readonly jaxpr: ClosedJaxpr; readonly traced: Graph }, args: readonly NDArray[], outs: readonly NDArray[]) => void;
}
let installed: CompilerChecks = {};
export const checks = (): CompilerChecks => installed;
/** Installs checks and gives those that were there, so that a test can put them back. */
export function setCompilerChecks(c: CompilerChecks): CompilerChecks {
  const before = installed;
  installed = c;
  return before;
}
