// jax.experimental.checkify: checks inside programs that are compiled. A function under `checkify` gives an error besides its result.
import { checkArguments } from "../core/signature.ts";
import { ShapeError } from "../core/errors.ts";
import { stage } from "../core/staging.ts";
import type { TreeDef } from "../core/pytree.ts";
import type { AnyArgs, Arrays } from "../core/treeTypes.ts";
import type { NDArray, Value } from "../core/value.ts";
import { asArray } from "../numpy/convert.ts";
import { not } from "../primitives/ops.ts";
import { format } from "../primitives/callback.ts";
import { type AnyFunction, flattenArgs, flattenResult, functionName, requireFunction } from "../transforms/args.ts";
import { CheckError, type ErrorCategory, type Failure, raise } from "./error.ts";
import { runChecked } from "./programs.ts";

export { CheckError as Error, type ErrorCategory } from "./error.ts";

/** Which checks are made: a set of categories. */
export type Errors = ReadonlySet<ErrorCategory>;
/** Failures of `check`. */
export const userChecks: Errors = new Set(["user"]);
/** An operation of floats that gives a NaN. */
export const nanChecks: Errors = new Set(["nan"]);
/** An index outside its array. */
export const indexChecks: Errors = new Set(["index"]);
/** A division by zero. */
export const divChecks: Errors = new Set(["div"]);
/** nanChecks and divChecks. */
export const floatChecks: Errors = new Set([...nanChecks, ...divChecks]);
/** floatChecks and indexChecks: all that need nobody to write them. */
export const automaticChecks: Errors = new Set([...floatChecks, ...indexChecks]);
/** automaticChecks and userChecks. */
export const allChecks: Errors = new Set([...automaticChecks, ...userChecks]);

/** Options of checkify. */
export interface CheckifyOptions {
  /** Which checks are made: `checkify.floatChecks`, or several sets in an array. Default userChecks. */
  readonly errors?: Errors | readonly Errors[];
}
/**
 * A function that gives `[error, result]`: `error.get()` is the message of the first check that failed or null, `error.throw()` throws it. The program goes on
 * after a failed check. Works with jit, grad, vmap, scan, cond and whileLoop, inside and outside: `jit(checkify.checkify(f))`. JAX's checkify.checkify.
 * @example const [error] = checkify.checkify((x: Array) => { checkify.check(x.gt(0), "not positive"); return x; })(np.array(-1)); error.get()?.split("\n")[0] // "not positive (`check` failed)"
 */
export function checkify<A extends AnyArgs, R>(
  fn: (...args: A) => R,
  options?: CheckifyOptions | Errors,
): (...args: A) => [error: CheckError, result: Arrays<R>];
export function checkify(fn: AnyFunction, options: CheckifyOptions | Errors = {}): (...args: unknown[]) => [CheckError, unknown] {
  checkArguments("checkify.checkify", [fn, options]);
  requireFunction("checkify", fn);
  const given = options instanceof Set ? options : ((options as CheckifyOptions).errors ?? userChecks),
    categories = new Set<ErrorCategory>([given].flat().flatMap((s) => [...(s as Errors)]));
  const checked = (...args: unknown[]): [CheckError, unknown] => {
    let tree: TreeDef | null = null;
    // Arguments are closed over: what is known stays known, so that a function may look at it.
    const program = stage(
      () => {
        const r = flattenResult(fn(...args), functionName(fn));
        ({ tree } = r);
        return r.values;
      },
      [],
      functionName(fn),
    );
    const { error, outs } = runChecked(program, categories, new CheckError(), []);
    return [error, (tree as unknown as TreeDef).unflatten(outs)];
  };
  return Object.defineProperty(checked, "name", { value: functionName(fn), configurable: true });
}
function addCheck(what: string, predicate: Value | boolean, message: string, shown: readonly unknown[], debug: boolean): void {
  const holds = asArray(predicate, what);
  if (holds.ndim !== 0 || holds.dtype !== "bool")
    throw new ShapeError(`${what}: the predicate is ${holds.aval}, expected one boolean; reduce it with np.all`);
  const flat = flattenArgs(addCheck as AnyFunction, shown, what);
  const failure: Failure = {
    category: "user",
    describe: (payload: readonly NDArray[]) => {
      const values = flat.tree.unflatten(payload) as unknown[],
        last = values.at(-1),
        named = isNamed(last) ? last : {};
      return `${format(message, values, named)} (\`check\` failed)`;
    },
  };
  raise(new CheckError().record(not(holds), failure, flat.values), debug);
}
const isNamed = (v: unknown): v is Readonly<Record<string, unknown>> =>
  typeof v === "object" && v !== null && Object.getPrototypeOf(v) === Object.prototype;
/**
 * Checks that a predicate (one boolean) holds. The message is a format of Python's, filled from the values after it: by position, or by name from an object,
 * `check(x.greater(0), "{x} is not positive", { x })`. Under `checkify` it becomes part of the error; outside it throws JaxRuntimeError at once, and cannot be
 * compiled. JAX's checkify.check.
 * @example const f = checkify.checkify((x: Array) => { checkify.check(x.gt(0), "{x} is not positive", { x }); return x; }); f(np.array(1))[0].get() // null
 */
export const check = (predicate: Value | boolean, message: string, ...shown: unknown[]): void =>
  addCheck("checkify.check", predicate, message, shown, false);
/** As `check`, and counts under `checkify` alone: elsewhere it is left out. JAX's checkify.debug_check.
 * @example const f = checkify.checkify((x: Array) => { checkify.debugCheck(x.gt(0), "{} is not positive", x); return x; }); f(np.array(1))[0].get() // null */
export const debugCheck = (predicate: Value | boolean, message: string, ...shown: unknown[]): void =>
  addCheck("checkify.debugCheck", predicate, message, shown, true);
/** Throws an error's failure where it stands, or hands it to the `checkify` around it: the way back from an error as a value. JAX's checkify.check_error.
 * @example const [error] = checkify.checkify((x: Array) => { checkify.check(x.gt(0), "too small"); return x; })(np.array(1)); checkify.checkError(error)
 * // undefined */
export const checkError = (error: CheckError): void => raise(error);
