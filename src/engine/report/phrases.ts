// Sentences as a Report holds them: the English as text, and those with arguments taken apart, so that pages can say them in another language.
import type { Sentence } from "../core/sentence.ts";
import type { Clause, InnerClause, Phrase } from "./types.ts";

/** Of some sentences those with arguments, by their names; null where there is none. */
export function phrasesOf<K extends string>(sentences: { readonly [name in K]: Sentence | undefined }): { readonly [name in K]?: Phrase } | null {
  const found = (Object.entries(sentences) as [K, Sentence | undefined][]).flatMap(([name, s]) =>
    s?.args.length ? [[name, phraseOf(s)] as const] : [],
  );
  return found.length ? (Object.fromEntries(found) as { [name in K]?: Phrase }) : null;
}
const phraseOf = ({ template, args }: Sentence): Phrase => ({ template, args: args.map((a) => (typeof a === "string" ? a : clauseOf(a))) });
const clauseOf = ({ template, args }: Sentence): Clause => ({
  template,
  ...(args.length > 0 ? { args: args.map((a) => (typeof a === "string" ? a : innermost(a))) } : {}),
});
/** No sentence nests deeper: what does stays English. */
const innermost = ({ template, args }: Sentence): InnerClause => ({
  template,
  ...(args.length > 0 ? { args: args.map((a) => (typeof a === "string" ? a : a.text)) } : {}),
});
