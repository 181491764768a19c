// Library routines, loops, branches and callbacks run on their own: no generated kernel holds them.
import { isStandalone } from "../facts.ts";
import type { JoinRule } from "./rule.ts";

export const standalone: JoinRule = {
  name: "not a generated kernel",
  stage: "join",
  decide: ({ producer, consumer }) => {
    const hero = [producer.hero, consumer.hero].find((h) => h && isStandalone(h));
    if (!hero) return null;
    const what = hero.is("library") ? `the routine ${hero.attrs.name}` : hero.is("while") ? "a loop" : hero.is("case") ? "a branch" : "a callback";
    return { fuse: false, reason: `${what} runs on its own: what passes in and out lies in memory` };
  },
  otherwise: "code were generated for it like for other operations",
};
