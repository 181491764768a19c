// Mutable references (jax.ref): read from and printed to jaxpr text. The engine's programs are pure, so none of them runs here.
import { RefAval, ShapedArray } from "../core/aval.ts";
import { type Primitive, absent, definePrimitive } from "../core/primitive.ts";

const why = absent("mutable references are read and printed only; carry the value through the program instead");
const reference = (name: string, abstract: Primitive["abstract"]): Primitive =>
  definePrimitive({ name, multipleResults: false, abstract, jvp: why, transpose: why, batch: why, lower: why, effectful: true });
const inner = (a: ShapedArray): ShapedArray => (a instanceof RefAval ? a.inner : a);
export const newRef = reference("new_ref", ([x]) => [new RefAval(x!)]);
export const getRef = reference("get", ([r]) => [inner(r!)]);
export const swapRef = reference("swap", ([r]) => [inner(r!)]);
