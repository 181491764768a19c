// What is said of variables besides their values, by initializers and afterwards.
import type { Value } from "../core/value.ts";
import type { Initializer } from "../nn/initializers.ts";
import { type Filter, toPredicate } from "./filters.ts";
import { iterGraph } from "./state.ts";
import { Annotated, Variable } from "./variable.ts";

/** The initializer whose variables are said something of: `withMetadata(glorotUniform(), { group: "slow" })`. Source: flax.nnx.with_metadata.
 * @example const m = new nnx.Linear(1, 1, { kernelInit: nnx.withMetadata(nn.initializers.ones, { group: "slow" }), rngs: new nnx.Rngs(0) });
 * m.kernel.metadata.group // "slow" */
export const withMetadata = (initializer: Initializer, metadata: Readonly<Record<string, unknown>>): Initializer =>
  ((...args: Parameters<Initializer>) => new Annotated(initializer(...args), metadata) as unknown as Value) as Initializer;
/** Options of `setMetadata`. */
export interface SetMetadataOptions {
  /** Which variables are meant. All. */
  readonly only?: Filter;
}
/** Says something of all variables below a module, beside what was said of them. Source: flax.nnx.set_metadata.
 * @example const m = new nnx.Linear(1, 1, { rngs: new nnx.Rngs(0) }); nnx.setMetadata(m, { group: "slow" }); m.kernel.metadata.group // "slow" */
export function setMetadata(node: unknown, metadata: Readonly<Record<string, unknown>>, options: SetMetadataOptions = {}): void {
  const wanted = toPredicate(options.only ?? true);
  for (const [path, v] of iterGraph(node)) if (v instanceof Variable && wanted(path, v)) v.annotate(metadata);
}
