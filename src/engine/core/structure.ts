// Programs and parameters by meaning: two that are written alike have one key, whenever and wherever they were made. What eager caches use,
// so that a loop whose body is a new function at each call is compiled once.
import { ShapedArray } from "./aval.ts";
import { type Atom, ClosedJaxpr, Jaxpr, Literal, type Var } from "./jaxpr.ts";
import type { Params, Primitive } from "./primitive.ts";

const identities = new WeakMap<object, number>();
let nextIdentity = 0;
/** Things that have no structure are known by which one they are: arrays, functions, objects of classes. */
function identityOf(o: object): number {
  let i = identities.get(o);
  if (i === undefined) identities.set(o, (i = nextIdentity++));
  return i;
}
/** A key of any value that can be a parameter. */
function valueKey(v: unknown): string {
  if (v === null || typeof v !== "object") {
    if (typeof v === "function") return `f${identityOf(v)}`;
    if (typeof v === "string") return JSON.stringify(v);
    return typeof v === "bigint" ? `${v}n` : Object.is(v, -0) ? "-0" : String(v);
  }
  if (Array.isArray(v)) return `[${v.map(valueKey).join()}]`;
  if (v instanceof ClosedJaxpr) return `{${jaxprKey(v.jaxpr)}|${v.consts.map(identityOf).join()}}`;
  if (v instanceof Jaxpr) return `{${jaxprKey(v)}}`;
  if (v instanceof ShapedArray) return `t${v.id}`;
  if (Object.getPrototypeOf(v) === Object.prototype)
    return `{${Object.entries(v)
      .map(([k, x]) => `${k}:${valueKey(x)}`)
      .join()}}`;
  return `#${identityOf(v)}`;
}
/** A key of the parameters, as far as the computation depends on them; "" where there are none. */
export function paramsKey(p: Primitive, params: Params): string {
  let key = "";
  for (const k in params) if (!p.forTransforms?.includes(k)) key += `${k}:${valueKey(params[k])};`;
  return key;
}

const keys = new WeakMap<Jaxpr, string>();
/** A key of a program: its operations, types and the way they are joined. Names and source lines do not count. */
export function jaxprKey(j: Jaxpr): string {
  let key = keys.get(j);
  if (key === undefined) keys.set(j, (key = digest(write(j))));
  return key;
}
function write(j: Jaxpr): string {
  const numbers = new Map<Var, number>(),
    define = (v: Var): number => {
      numbers.set(v, numbers.size);
      return v.aval.id;
    },
    use = (a: Atom): string => (a instanceof Literal ? `${valueKey(a.value)}t${a.aval.id}` : String(numbers.get(a)));
  const parts = [`${j.constvars.map(define).join()};${j.invars.map(define).join()}`];
  for (const e of j.eqns) {
    const ins = e.inputs.map(use).join();
    parts.push(`${e.primitive.name}(${ins})${paramsKey(e.primitive, e.params)}${e.outputs.map(define).join()}`);
  }
  parts.push(j.outs.map(use).join());
  return parts.join("\n");
}
/** Long keys are kept as their length and four hashes of 32 bits: as good as different for what one process can hold. */
function digest(text: string): string {
  if (text.length <= 1024) return text;
  const h = [0x811c9dc5, 0x9e3779b9, 0x85ebca6b, 0xc2b2ae35] as [number, number, number, number];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    h[0] = Math.imul(h[0] ^ c, 0x01000193);
    h[1] = Math.imul(h[1] ^ (c + (h[0] >>> 15)), 0x85ebca77);
    h[2] = Math.imul(h[2] ^ (c + (h[1] >>> 13)), 0xc2b2ae3d);
    h[3] = Math.imul(h[3] ^ (c + (h[2] >>> 16)), 0x27d4eb2f);
  }
  return `${text.length}:${h.map((x) => (x >>> 0).toString(36)).join(":")}`;
}
