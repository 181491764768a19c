// Argument types → stand-ins for arrays, in the same trees.
import type { TypeTree } from "../argumentTypes.ts";
import type { EngineModule } from "./engineApi.ts";

export function argumentsFor(engine: EngineModule, types: readonly TypeTree[]): unknown[] {
  const make = (t: TypeTree): unknown => {
    switch (t.kind) {
      case "array":
        return engine.shapeDtypeStruct(t.shape, t.dtype);
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
