// The door between users and the modules: every call through it is checked against the function's signature. The engine's own calls do not pass it.
import { type Signature, checkCall, parseSignature, setRootSignatures } from "./core/signature.ts";
import { rememberOriginal } from "./core/parameters.ts";
import { SIGNATURES } from "./signatures.ts";

type Callable = (this: unknown, ...args: unknown[]) => unknown;
const isClass = (f: object): boolean => Function.prototype.toString.call(f).startsWith("class");

const parsed = new Map<string, Signature | null>();
/** The signature of `name` in the module `path` ("root", "numpy", "numpy.linalg", …). */
function signatureOf(path: string, name: string): Signature | null {
  const key = `${path} ${name}`;
  let s = parsed.get(key);
  if (s === undefined) {
    const text = SIGNATURES[path]?.[name];
    parsed.set(key, (s = text === undefined ? null : parseSignature(text)));
  }
  return s;
}
setRootSignatures((name) => signatureOf("root", name));
/** numpy's functions go by their own names in messages, others with their module's. */
const shownName = (path: string, name: string): string =>
  path === "numpy" || path === "root" || path === "Array" || path === "IndexUpdate" ? name : `${path.replace(/^numpy\./, "")}.${name}`;

/** The function with its calls checked. Name, parameters and properties stay. */
export function checkedFunction<F extends object>(path: string, name: string, fn: F): F {
  const call = fn as unknown as Callable,
    shown = shownName(path, name);
  const checked = function (this: unknown, ...args: unknown[]): unknown {
    const s = signatureOf(path, name);
    if (s) checkCall(shown, s, args);
    return call.apply(this, args);
  };
  Object.defineProperties(checked, Object.getOwnPropertyDescriptors(fn));
  rememberOriginal(checked, call);
  return checked as unknown as F;
}
/** A module, or a plain object of functions, as scipy.stats.norm is. */
const isModule = (v: unknown): v is object =>
  typeof v === "object" &&
  v !== null &&
  (Object.prototype.toString.call(v) === "[object Module]" ||
    (Object.getPrototypeOf(v) === Object.prototype && Object.values(v).some((f) => typeof f === "function")));
/** A module with the calls of its functions checked, and of its modules' functions. */
export function checkedModule<M extends object>(path: string, module: M): M {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(module) as [string, unknown][])
    if (typeof value === "function") out[name] = isClass(value) ? value : checkedFunction(path, name, value);
    else if (isModule(value)) out[name] = checkedModule(`${path}.${name}`, value);
    else out[name] = value;
  return Object.freeze(Object.defineProperty(out, Symbol.toStringTag, { value: "Module" })) as M;
}
/** Checks the calls of a class's methods, in its place: arrays are made by the engine, users only call them. */
export function checkMethods(path: string, prototype: object): void {
  for (const name of Object.keys(SIGNATURES[path] ?? {})) {
    const method = Object.getOwnPropertyDescriptor(prototype, name);
    if (typeof method?.value === "function")
      Object.defineProperty(prototype, name, { ...method, value: checkedFunction(path, name, method.value as object) });
  }
}
