// jax.export: traced functions as bytes, to be run elsewhere or later without their source. The bytes are a safetensors file: the constants, and among its texts
// the program as jaxpr text. Custom derivatives do not outlive it: what is read differentiates the program itself.
import { type ClosedJaxpr, evalClosed } from "./core/jaxpr.ts";
import type { ShapedArray, ShapeDtypeStruct } from "./core/aval.ts";
import { ArgumentError, DTypeError, ShapeError, StructureError } from "./core/errors.ts";
import { type Tree, type TreeDef, flatten, pathsOf, showPath, structure } from "./core/pytree.ts";
import type { AnyFunction, Arrays, ArrayLike } from "./core/treeTypes.ts";
import type { Value } from "./core/value.ts";
import { fromBytes, toBytes } from "./checkpoint/index.ts";
import type { Bytes } from "./files/bytes.ts";
import { metadata } from "./files/safetensors.ts";
import { parseJaxpr } from "./interop/parseJaxpr.ts";
import { asArray, castTo } from "./numpy/convert.ts";
import { type Jitted, jit } from "./transforms/jit.ts";

const TEXT = "jitlens.export";
/** What stands beside the constants. */
interface Written {
  readonly version: 1;
  readonly name: string;
  readonly jaxpr: string;
  /** Trees whose leaves are numbers: the containers alone count. */
  readonly inTree: unknown;
  readonly outTree: unknown;
}
/** A traced function that can be called, and written down. Source: jax.export.Exported. */
export class Exported<F extends AnyFunction = AnyFunction> {
  /** The function, as one compiled program. Arguments have the structure, shapes and types that it was traced with; it works under every transformation. */
  readonly call: F;
  constructor(
    /** The function's name. */
    readonly funName: string,
    /** The program; its first inputs are the constants. */
    readonly jaxpr: ClosedJaxpr,
    readonly consts: readonly Value[],
    readonly inTree: TreeDef,
    readonly outTree: TreeDef,
  ) {
    const run = jit((...leaves: Value[]): Value[] => evalClosed(jaxpr, [...consts, ...leaves]));
    this.call = ((...args: unknown[]) => outTree.unflatten(run(...this.#leaves(args)))) as unknown as F;
  }
  /** The types of the arguments' leaves. */
  get inAvals(): readonly ShapedArray[] {
    return this.jaxpr.inAvals.slice(this.consts.length);
  }
  /** The types of the result's leaves. */
  get outAvals(): readonly ShapedArray[] {
    return this.jaxpr.outAvals;
  }
  /** As bytes. StructureError where arguments or result have containers of classes, whose meaning is not written down. */
  serialize(): Uint8Array {
    const written: Written = {
      ...{ version: 1, name: this.funName, jaxpr: String(this.jaxpr) },
      ...{ inTree: skeleton(this.funName, this.inTree), outTree: skeleton(this.funName, this.outTree) },
    };
    return toBytes({ consts: this.consts }, { metadata: { [TEXT]: JSON.stringify(written) } });
  }
  #leaves(args: readonly unknown[]): Value[] {
    const what = `export: ${this.funName}`,
      [leaves, tree] = flatten(args);
    if (!tree.equals(this.inTree))
      throw new StructureError(`${what} was exported for arguments ${this.inTree.inner()}, and called with ${tree.inner()}`);
    const paths = pathsOf(args);
    return leaves.map((leaf, i) => {
      const x = asArray(leaf, what),
        want = this.inAvals[i]!,
        where = `argument ${showPath(paths[i]![0])}`;
      if (x.shape.join() !== want.shape.join()) throw new ShapeError(`${what} was exported for ${want} at ${where}, and called with ${x.aval}`);
      if (x.dtype === want.dtype) return x;
      if (x.weakType) return castTo(x, want.dtype);
      throw new DTypeError(`${what} was exported for ${want} at ${where}, and called with ${x.aval}`);
    });
  }
}
/** A structure as JSON: numbers in place of the leaves. */
function skeleton(name: string, def: TreeDef): unknown {
  const check = (d: TreeDef): void => {
    if (d.kind === "custom" || d.kind === "map")
      throw new StructureError(
        `export: ${name} takes or gives a ${d.kind === "map" ? "Map" : (d.custom?.name ?? "class")}, which bytes cannot hold. Instead: plain objects and arrays`,
      );
    d.children.forEach(check);
  };
  check(def);
  return def.unflatten(Array.from({ length: def.leafCount }, (_x, i) => i));
}
/**
 * `exportFn(jit(f))(...args)` traces a function for arguments, or for `shapeDtypeStruct`s in their place. A function without `jit` gets it.
 * Source: jax.export.export.
 * @example const bytes = exporting.export(jit((x: Array) => x.mul(2)))(shapeDtypeStruct([2], "float32")).serialize(); exporting.deserialize<(x: Array) => Array>(bytes).call(np.array([1, 2])) // [2, 4]
 */
const exportFn =
  <A extends readonly unknown[], R>(fn: (...args: A) => R) =>
  (...args: { readonly [K in keyof A]: A[K] | ShapeDtypeStruct | ArrayLike }): Exported<(...args: A) => Arrays<R>> => {
    const jitted = ("trace" in fn ? fn : jit(fn as AnyFunction)) as unknown as Jitted<AnyFunction>;
    const { jaxpr, consts, inTree, outTree, name } = jitted.trace(...(args as unknown as unknown[]));
    return new Exported(name, jaxpr, consts, inTree, outTree);
  };
export { exportFn as export };
/** The function of `serialize`'s bytes. ArgumentError for bytes that are none. Source: jax.export.deserialize.
 * @example const bytes = exporting.export(jit((x: Array) => x.add(1)))(shapeDtypeStruct([], "float32")).serialize(); exporting.deserialize<(x: Array) => Array>(bytes).call(np.array(1)) // 2 */
export function deserialize<F extends AnyFunction = AnyFunction>(bytes: Bytes): Exported<F> {
  const what = "export.deserialize",
    text = metadata(bytes)[TEXT];
  if (text === undefined) throw new ArgumentError(`${what}: these bytes are a safetensors file, but of no exported function`);
  const written = JSON.parse(text) as Written;
  if (written.version !== 1)
    throw new ArgumentError(`${what}: the bytes are of version ${String(written.version)}, expected 1: written by a newer JitLens`);
  const { consts = [] } = fromBytes<{ consts?: Value[] }>(bytes),
    jaxpr = parseJaxpr(written.jaxpr);
  consts.forEach((c, i) => {
    const want = jaxpr.inAvals[i];
    if (!want || c.dtype !== want.dtype)
      throw new DTypeError(
        `${what}: constant ${i} is ${c.aval}, expected ${want ?? "none"}. Was it written with 64-bit types? Then config.update("enableX64", true)`,
      );
  });
  return new Exported<F>(written.name, jaxpr, consts, structure(written.inTree as Tree), structure(written.outTree as Tree));
}
