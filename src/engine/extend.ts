// What interpreters of jaxprs are written with: the program's own classes, the primitives, and how one is applied. JAX has it as jax.extend.core.
import "./control/scan.ts";
import "./control/cond.ts";
import "./control/while.ts";
import "./control/reduce.ts";
import "./control/linearSolve.ts";
import "./lax/index.ts";
import "./transforms/custom.ts";
import "./transforms/checkpoint.ts";
import { type Primitive, allPrimitives } from "./core/primitive.ts";

export { ClosedJaxpr, Eqn as JaxprEqn, Jaxpr, Literal, Var, calledProgram, evalJaxpr, literalArray, subJaxprs, type Atom } from "./core/jaxpr.ts";
export { ShapedArray } from "./core/aval.ts";
export { findPrimitive, primitiveNamed, type Calls, type Params, type Primitive } from "./core/primitive.ts";
export { bind } from "./core/trace.ts";
export { jaxprAsFun } from "./api.ts";

/** Every primitive by its name: `primitives.sin`, `primitives["dot_general"]`. */
export const primitives: Readonly<Record<string, Primitive>> = Object.freeze(Object.fromEntries(allPrimitives().map((p) => [p.name, p])));
