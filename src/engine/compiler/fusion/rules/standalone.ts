// Library routines, loops, branches and callbacks run on their own: no other kernel holds them.
import type { Node } from "../../../graph/graph.ts";
import { isStandalone } from "../facts.ts";
import type { JoinRule } from "./rule.ts";

/** What runs on its own, in words, and what a person would do about it. */
export function standaloneWords(n: Node): { readonly what: string; readonly otherwise: string } {
  if (n.is("library")) return { what: `the ${n.attrs.name} routine`, otherwise: `do without the ${n.attrs.name} routine` };
  if (n.is("while")) return { what: "a loop", otherwise: "move the computation into the loop's body" };
  if (n.is("case")) return { what: "a branch", otherwise: "move the computation into the branches" };
  return { what: "a callback", otherwise: "compute it without the callback" };
}
export const standalone: JoinRule = {
  name: "runs on its own",
  stage: "join",
  kept: "needed",
  decide: ({ producer, consumer }) => {
    const hero = [producer.hero, consumer.hero].find((h) => h && isStandalone(h));
    if (!hero) return null;
    const { what, otherwise } = standaloneWords(hero);
    return { fuse: false, reason: `${what} runs on its own: what goes in and comes out lies in memory`, otherwise };
  },
  otherwise: "replace it by array operations",
};
