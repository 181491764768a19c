// Checks a jaxpr: every variable is bound once and before use, and every equation's types are what its primitive says.
import { compatible } from "./aval.ts";
import { JaxprTypeError } from "./errors.ts";
import { type Atom, type Jaxpr, Literal, type Var, subJaxprs } from "./jaxpr.ts";

/** Throws JaxprTypeError at the first equation that does not type-check.
 * @example typecheckJaxpr(makeJaxpr((x: Array) => x.mul(2))(np.array(1)).jaxpr) // undefined */
export function typecheckJaxpr(jaxpr: Jaxpr): void {
  const bound = new Set<Var>();
  const define = (v: Var, where: string): void => {
    if (bound.has(v)) throw new JaxprTypeError(`a variable of type ${v.aval} is bound twice, the second time by ${where}`);
    bound.add(v);
  };
  const check = (a: Atom, where: string): void => {
    if (!(a instanceof Literal) && !bound.has(a)) throw new JaxprTypeError(`${where} uses a variable of type ${a.aval} before it is bound`);
  };
  for (const v of [...jaxpr.constvars, ...jaxpr.invars]) define(v, "the inputs");
  for (const e of jaxpr.eqns) {
    for (const a of e.inputs) check(a, e.primitive.name);
    const want = e.primitive.abstract(
      e.inputs.map((a) => a.aval),
      e.params,
    );
    if (want.length !== e.outputs.length)
      throw new JaxprTypeError(`${e.primitive.name} has ${e.outputs.length} outputs, its type rule gives ${want.length}`);
    want.forEach((w, i) => {
      const v = e.outputs[i]!;
      if (!compatible(w, v.aval)) throw new JaxprTypeError(`output ${i} of ${e.primitive.name} is written as ${v.aval}, its type rule gives ${w}`);
      define(v, e.primitive.name);
    });
    for (const j of subJaxprs(e.params)) typecheckJaxpr(j);
  }
  for (const o of jaxpr.outs) check(o, "the result");
}
