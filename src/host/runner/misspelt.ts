// A name that no module has: `np.sofmax is not a function`. What was meant is looked for among all names of the library.
import type { EngineModule } from "./engineApi.ts";

/** Modules as they are usually imported. */
const MODULES = ["numpy", "lax", "nn", "random", "scipy", "optim", "tree", "image", "ops"] as const;
const SHOWN: Readonly<Record<string, string>> = { numpy: "np" };
const DEPTH = 3;

/** Every function's name with the paths it goes by: "softmax" → ["nn.softmax"]. */
function namesOf(engine: EngineModule): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const walk = (module: object, path: string, depth: number): void => {
    for (const [name, value] of Object.entries(module)) {
      if (typeof value === "function") found.set(name, [...(found.get(name) ?? []), `${path}.${name}`]);
      else if (typeof value === "object" && value !== null && depth < DEPTH) walk(value as object, `${path}.${name}`, depth + 1);
    }
  };
  for (const m of MODULES) walk(engine[m], SHOWN[m] ?? m, 1);
  for (const name of Object.getOwnPropertyNames(engine.Array.prototype))
    if (/^[a-z]/.test(name) && !found.has(name)) found.set(name, [`array.${name}`]);
  return found;
}
const MOST = 3;
/** "Did you mean nn.softmax?", for the message of a call of something that is not there; null where nothing is near. */
export function suggestion(message: string, engine: EngineModule): string | null {
  const name = /(?:^|[.\s])([A-Za-z_]\w*)\)? is not a function/.exec(message.slice(0, 2000))?.[1];
  if (name === undefined) return null;
  const names = namesOf(engine);
  // Nearly every word of three letters is near some other: those are another name only where they are it.
  const near = names.has(name) ? name : name.length > 3 ? engine.internals.nearest(name, [...names.keys()]) : null;
  if (near === null) return null;
  const paths = names.get(near) ?? [];
  return `Did you mean ${paths.slice(0, MOST).join(", or ")}?`;
}
