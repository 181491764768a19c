// Library routines, loops, branches and callbacks run on their own: no other kernel holds them.
import { type Sentence, sentence } from "../../../core/sentence.ts";
import type { Node } from "../../../graph/graph.ts";
import { isStandalone } from "../facts.ts";
import type { JoinRule } from "./rule.ts";

/** What runs on its own, in words, and what a person would do about it. */
export function standaloneWords(n: Node): { readonly what: Sentence; readonly otherwise: Sentence } {
  if (n.is("library")) return { what: sentence("the {0} routine", n.attrs.name), otherwise: sentence("do without the {0} routine", n.attrs.name) };
  if (n.is("while")) return { what: sentence("a loop"), otherwise: sentence("move the computation into the loop's body") };
  if (n.is("case")) return { what: sentence("a branch"), otherwise: sentence("move the computation into the branches") };
  return { what: sentence("a callback"), otherwise: sentence("compute it without the callback") };
}
export const standalone: JoinRule = {
  name: "runs on its own",
  stage: "join",
  kept: "needed",
  decide: ({ producer, consumer }) => {
    const hero = [producer.hero, consumer.hero].find((h) => h && isStandalone(h));
    if (!hero) return null;
    const { what, otherwise } = standaloneWords(hero);
    return { fuse: false, reason: sentence("{0} runs on its own: what goes in and comes out lies in memory", what), otherwise };
  },
  otherwise: sentence("replace it by array operations"),
};
