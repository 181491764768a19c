// What the pages say, in the person's language. English is the key; a page that was given a bundle says its translation. The bundle comes with the page
// (a JSON element "l10n"): the extension puts in VS Code's, an exported HTML report has none and speaks English.
import { saidIn } from "../engine/report/insights/said.ts";
import type { Clause, Phrase } from "../engine/report/types.ts";
import { embedded } from "./bridge.ts";

type Bundle = Readonly<Record<string, string>>;
let bundle: Bundle = typeof document === "undefined" ? {} : (embedded<Bundle>("l10n") ?? {});

/** Tests and pages outside the editor choose a bundle themselves. */
export function useBundle(b: Bundle): void {
  bundle = b;
}
/** `text` in the person's language, with {0}, {1}, … replaced by `values`. */
export function t(text: string, ...values: readonly (string | number)[]): string {
  return (bundle[text] ?? text).replace(/\{(\d+)\}/g, (all, i: string) => String(values[Number(i)] ?? all));
}
/** A sentence of the Report's in the person's language: `text` is its English, `phrase` how it is made, where it has arguments. */
export function said(text: string, phrase?: Phrase | Clause): string {
  return saidIn((english) => bundle[english] ?? english, text, phrase);
}
