// What a person calls the operands of an equation: an argument by its name, a value by the variable of its line, else by the operation that made it.
import { type Atom, type Eqn, Jaxpr, Literal, Var, subJaxprs } from "../../../core/jaxpr.ts";
import { type Frame, framePath } from "../../../core/source.ts";
import type { Places } from "../../places.ts";
import { assignedVariable } from "../labels.ts";
import { show } from "./blame.ts";

/** Operations that hand on the values of their operand. */
const HANDS_ON: ReadonlySet<string> = new Set([
  "broadcast_in_dim",
  "convert_element_type",
  "reshape",
  "squeeze",
  "transpose",
  "copy",
  "slice",
  "stop_gradient",
]);

export class OperandNames {
  readonly #madeBy = new Map<Var, Eqn>();
  readonly #givenTo = new Map<Var, { readonly program: Jaxpr; readonly index: number }>();
  /** @param argumentNames by the variables of the whole program's inputs */
  constructor(
    program: Jaxpr,
    private readonly argumentNames: ReadonlyMap<Var, string>,
    private readonly places: Places,
  ) {
    const seen = new Set<Jaxpr>();
    const todo = [program];
    while (todo.length) {
      const j = todo.pop()!;
      if (seen.has(j)) continue;
      seen.add(j);
      if (j !== program) j.invars.forEach((v, index) => this.#givenTo.set(v, { program: j, index }));
      for (const e of j.eqns) {
        for (const v of e.outputs) this.#madeBy.set(v, e);
        todo.push(...subJaxprs(e.params));
      }
    }
  }
  /** @param around the equations around the one whose operand it is, the outermost first; `line` is where that one stands */
  of(a: Atom, around: readonly Eqn[], line: Frame | undefined): string {
    if (a instanceof Literal) return Array.isArray(a.value) ? "a complex number" : show(Number(a.value));
    const named = this.argumentNames.get(a);
    if (named) return named;
    const e = this.#madeBy.get(a);
    if (e) {
      if (HANDS_ON.has(e.primitive.name) && e.inputs[0]) return this.of(e.inputs[0], around, line);
      const own = e.source.frames[0];
      const text = own && this.#text(own);
      const isElsewhere = own && (own.line !== line?.line || own.file !== line.file);
      const variable = isElsewhere && text !== undefined ? assignedVariable(text, own.column) : null;
      return variable ?? (typeof e.params.name === "string" ? `${e.params.name}(…)` : `${e.primitive.name}(…)`);
    }
    const given = this.#givenTo.get(a);
    const outer = around.at(-1);
    if (!given || !outer) return "a value";
    const { calls } = outer.primitive;
    const input = outer.inputs[given.index + (calls?.how === "branches" ? 1 : 0)];
    const isWhole = calls?.how === "once" || calls?.how === "branches" || calls?.programs.length === 1;
    return isWhole && input ? this.of(input, around.slice(0, -1), line) : "the carried value";
  }
  #text(f: Frame): string | undefined {
    const at = this.places.frame({ file: framePath(f), line: f.line, column: f.column, func: f.func });
    return this.places.lineText(this.places.frames[at]!);
  }
}
