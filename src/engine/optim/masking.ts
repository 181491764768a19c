// Transformations of a part of the leaves: by a mask, or by labels. What is left out stands as null, an empty tree.
import { type Tree, type TreeDef, leavesOf, structure } from "../core/pytree.ts";
import { leavesUpTo } from "../core/prefix.ts";
import { ArgumentError } from "../core/errors.ts";
import type { ExtraArgs, GradientTransformation, OptState } from "./base.ts";

/** A tree of booleans like the parameters, or a prefix of it; or a function of the parameters that gives one. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Mask = boolean | object | ((params: any) => Tree);
const treeOf = (mask: Mask, tree: Tree): Tree => (typeof mask === "function" ? (mask as (t: Tree) => Tree)(tree) : mask);

/** `tree` with null where the mask says false. */
function keep(mask: Tree, tree: Tree): Tree {
  const def: TreeDef = structure(mask);
  const parts = leavesUpTo(def, tree, "the masked tree");
  return def.unflatten((leavesOf(mask) as unknown[]).map((m, i) => (m === true ? parts[i] : null)));
}
/** The transformation for the leaves where the mask is true; the others pass unchanged.
 * @example const tx = optim.masked(optim.scale(-1), { w: true, b: false }), p = { w: np.array(1), b: np.array(1) }; tx.update(p, tx.init(p), p)[0] // { b: 1, w: -1 } */
export function masked(inner: GradientTransformation, mask: Mask): GradientTransformation {
  return {
    init: (params) => ({ innerState: inner.init(keep(treeOf(mask, params), params)) }),
    update<U>(updates: U, state: OptState, params?: Tree, extra?: ExtraArgs): [U, OptState] {
      const chosen = treeOf(mask, updates);
      const def = structure(chosen);
      // A tree that is one array, and masked: there is nothing for the inner transformation, which would take it for parameters that were not given.
      if (chosen === false) return [updates, state];
      const kept = params === undefined ? undefined : keep(chosen, params);
      const [changed, innerState] = inner.update(keep(chosen, updates), (state as { innerState: OptState }).innerState, kept, extra);
      const before = leavesUpTo(def, updates, "the updates");
      const after = leavesUpTo(def, changed, "the masked updates");
      const out = def.unflatten((leavesOf(chosen) as unknown[]).map((m, i) => (m === true ? after[i] : before[i])));
      return [out as U, { innerState }];
    },
  };
}
/** A tree of labels like the parameters, or a prefix of it; or a function of the parameters that gives one. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Labels = string | object | ((params: any) => Tree);
const isLabel = (v: unknown): boolean => typeof v === "string";
/** Another transformation for each label. Every label must have one.
 * @example const tx = optim.partition({ fast: optim.scale(-1), slow: optim.scale(-0.1) }, { w: "fast", b: "slow" }), p = { w: np.array(1), b: np.array(1) }; tx.update(p, tx.init(p), p)[0] // { b: -0.1, w: -1 } */
export function partition(transforms: Readonly<Record<string, GradientTransformation>>, paramLabels: Labels): GradientTransformation {
  const labelsOf = (tree: Tree): Tree => (typeof paramLabels === "function" ? (paramLabels as (t: Tree) => Tree)(tree) : paramLabels);
  const maskOf = (labels: Tree, group: string): Mask => {
    const def = structure(labels, isLabel);
    return def.unflatten((leavesOf(labels, isLabel) as unknown[]).map((l) => l === group)) as Mask;
  };
  return {
    init(params) {
      const labels = labelsOf(params);
      const unknown = (leavesOf(labels, isLabel) as string[]).filter((l) => !(l in transforms));
      if (unknown.length)
        throw new ArgumentError(
          `optim.partition: no transformation for the label${unknown.length > 1 ? "s" : ""} ${[...new Set(unknown)].join(", ")}; there are ${Object.keys(transforms).join(", ")}`,
        );
      const innerStates = Object.fromEntries(
        Object.entries(transforms).map(([group, tx]) => [group, masked(tx, maskOf(labels, group)).init(params)]),
      );
      return { innerStates };
    },
    update<U>(updates: U, state: OptState, params?: Tree, extra?: ExtraArgs): [U, OptState] {
      const labels = labelsOf(updates);
      const innerStates: Record<string, OptState> = {};
      let out = updates;
      for (const [group, tx] of Object.entries(transforms)) {
        const inner = (state as { innerStates: Record<string, OptState> }).innerStates[group];
        [out, innerStates[group]] = masked(tx, maskOf(labels, group)).update(out, inner, params, extra);
      }
      return [out, { innerStates }];
    },
  };
}
