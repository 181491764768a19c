// Static arguments of jit: plain values that are compared, and part of the key of a trace.
import { NonHashableStaticArgumentError } from "../core/errors.ts";
import { NDArray, Tracer } from "../core/value.ts";

const MAX_STATIC_DEPTH = 100;
/** Static values are compared: what has no comparison (arrays, maps, typed arrays), at any depth, is refused by its path. */
export function checkStatic(name: string, argument: string, v: unknown, path = "", above: readonly unknown[] = []): void {
  const refuse = (what: string, remedy: string): never => {
    throw new NonHashableStaticArgumentError(
      `${name}: the static argument ${argument}${path} is ${what}; static arguments are compared by value and must be plain values. ${remedy}`,
    );
  };
  if (v instanceof Tracer || v instanceof NDArray) refuse(`an array (${v.aval})`, "Pass it as an ordinary argument");
  if (ArrayBuffer.isView(v) || v instanceof ArrayBuffer)
    refuse(`a ${v.constructor.name}`, "Pass it as an ordinary argument, or as a plain array of numbers");
  if (v instanceof Map || v instanceof Set || v instanceof WeakMap || v instanceof Promise || v instanceof Date)
    refuse(`a ${v.constructor.name}`, "Use a plain object or array, or give its class an equals(other) method");
  if (typeof v === "object" && v !== null && (above.includes(v) || above.length > MAX_STATIC_DEPTH))
    refuse(above.includes(v) ? "a cycle: it contains itself" : `nested more than ${MAX_STATIC_DEPTH} deep`, "Pass what is needed of it alone");
  const inside = [...above, v];
  if (Array.isArray(v)) v.forEach((x, k) => checkStatic(name, argument, x, `${path}[${k}]`, inside));
  else if (typeof v === "object" && v !== null && Object.getPrototypeOf(v) === Object.prototype)
    for (const [k, x] of Object.entries(v)) checkStatic(name, argument, x, `${path}.${k}`, inside);
}
