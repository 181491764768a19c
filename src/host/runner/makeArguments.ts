// Argument types → stand-ins for arrays, in the same trees. Their number and their size are looked at first.
import type { TypeTree } from "../argumentTypes.ts";
import type { EngineModule } from "./engineApi.ts";

const LARGEST_BYTES = 4 * 2 ** 30;
export interface Target {
  readonly name: string;
  readonly fn: { toString(): string; readonly length: number };
  readonly parameters: readonly string[];
  /** Whether arrays of these types are made, to measure with. */
  readonly measured: boolean;
}
/** Throws an Error that says what does not fit. */
export function argumentsFor(engine: EngineModule, types: readonly TypeTree[], target: Target): unknown[] {
  const { name, parameters, fn } = target,
    rest = /^[^)=>]*\.\.\./.test(fn.toString().slice(0, 2000));
  if (!rest && (types.length > parameters.length || types.length < fn.length))
    throw new Error(
      `${types.length} argument type${types.length === 1 ? "" : "s"} for ${name}(${parameters.join(", ")}), which takes ${fn.length === parameters.length ? fn.length : `${fn.length} to ${parameters.length}`}`,
    );
  let bytes = 0;
  const make = (t: TypeTree): unknown => {
    switch (t.kind) {
      case "array": {
        const struct = engine.shapeDtypeStruct(t.shape, t.dtype);
        bytes += struct.aval.nbytes;
        if (target.measured && bytes > LARGEST_BYTES)
          throw new Error(
            `the argument types of ${name} need ${(bytes / 2 ** 30).toFixed(1)} GiB up to ${t.dtype}[${t.shape.join(",")}]; all arrays together take at most 4 GiB`,
          );
        return struct;
      }
      case "tuple":
        return t.items.map(make);
      case "dict":
        return Object.fromEntries(t.entries.map(([k, v]) => [k, make(v)]));
      case "value":
        return t.value;
      default:
        return t satisfies never;
    }
  };
  return types.map(make);
}
