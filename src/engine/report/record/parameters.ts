// What the inputs of every region are called: the main program's by the person's arguments, those of a loop or branch by what is passed to them.
import type { Plan } from "../../compiler/plan/types.ts";
import type { Node } from "../../graph/graph.ts";
import { isInteger } from "../../core/dtypes.ts";

/** @param nameOf the person's variable for a value, or null */
export function parameterNamesOf(plan: Plan, argumentNames: readonly string[], nameOf: (n: Node) => string | null): ReadonlyMap<Node, string> {
  const names = new Map<Node, string>();
  const byId = new Map<number, Node>();
  for (const r of plan.regions) for (const n of r.graph.nodes) byId.set(n.id, n);
  // Outer regions come before inner ones: their names are there already.
  for (const r of plan.regions) {
    const parent = r.parent === null ? undefined : byId.get(r.parent);
    r.graph.params.forEach((p, i) => {
      const given = parent && parent.inputs[r.role === "branch" ? i + 1 : i];
      const name = parent ? given && passedName(given) : argumentNames[i];
      if (name) names.set(p, name);
    });
  }
  function passedName(given: Node): string | undefined {
    if (given.is("parameter")) return names.get(given);
    if (given.is("constant")) return given.shape.length === 0 && isInteger(given.dtype) ? "i" : "carry";
    if (given.is("broadcast", "reshape", "convert") && given.inputs[0]) return given.inputs[0].is("parameter") ? names.get(given.inputs[0]) : "carry";
    return nameOf(given) ?? "carry";
  }
  return names;
}
