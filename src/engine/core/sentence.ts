// What the engine says to a person, kept apart as a template and what stands in its places, so that whoever shows it can say it in another language.
// `scripts/l10n.mjs` collects the templates: they are literals, and what differs by number or kind is a template of its own.

/** A sentence, or a clause of one. `text` is the English; an argument is a word of the program, a number as it is shown, or a clause itself. */
export interface Sentence {
  readonly text: string;
  readonly template: string;
  readonly args: readonly (string | Sentence)[];
}
/** `sentence("{0} reads it from memory", "sort")`; {0}, {1}, … are the arguments. */
export function sentence(template: string, ...values: readonly (string | number | Sentence)[]): Sentence {
  const args = values.map((v) => (typeof v === "number" ? String(v) : v));
  const said = args.map((a) => (typeof a === "string" ? a : a.text));
  return { text: template.replace(/\{(\d+)\}/g, (all, i: string) => said[Number(i)] ?? all), template, args };
}
/** "a", "a and b", "a, b and c" */
export function listed(words: readonly string[]): string | Sentence {
  return words.length < 2 ? (words[0] ?? "") : sentence("{0} and {1}", words.slice(0, -1).join(", "), words.at(-1)!);
}
