// A sentence of a Report in the person's language.
import type { Clause, InnerClause, Phrase } from "../types.ts";

/**
 * @param translate the translation of an English text or template; the same text where there is none
 * @param text the English @param phrase how it is made, where it has arguments
 */
export function saidIn(translate: (english: string) => string, text: string, phrase?: Phrase | Clause | InnerClause): string {
  if (!phrase) return translate(text);
  const values = (phrase.args ?? []).map((a) => (typeof a === "string" ? a : saidIn(translate, "", a)));
  return translate(phrase.template).replace(/\{(\d+)\}/g, (all, i: string) => values[Number(i)] ?? all);
}
