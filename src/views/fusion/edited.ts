// What edits since the run changed in the ledger: sentences on kernels, and the edges with their verdict before and now.
import { h, lineLink } from "../dom.ts";
import { t } from "../l10n.ts";
import type { EditedEdge, LedgerEdit } from "../messages.ts";
import type { ViewContext } from "../view.ts";
import { capital, reasonOf, where } from "./words.ts";

const CHANGES: Readonly<Record<EditedEdge["change"], () => string>> = {
  split: () => t("stored now"),
  fused: () => t("fused now"),
  new: () => t("new"),
  gone: () => t("gone"),
  rule: () => t("for another reason"),
};
export const changeText = (e: EditedEdge): string => CHANGES[e.change]();
const why = (v: EditedEdge["after"]): string => (v ? capital(reasonOf(v)) : "");
const verdict = (v: EditedEdge["after"]): string => (v ? (v.fused ? t("fused") : t("stored")) : "–");

/** Shown above the ledger; hidden while the text is that of the run. */
export function editedSection(c: ViewContext): { readonly element: HTMLElement; update(e: LedgerEdit | null): void } {
  const element = h("section", { class: "edited-ledger", "aria-label": t("Changed by your edits"), hidden: true });
  return {
    element,
    update(e) {
      element.hidden = e === null;
      if (e) element.replaceChildren(...contents(c, e));
    },
  };
}
function contents(c: ViewContext, { said, edges, more }: LedgerEdit): HTMLElement[] {
  const head = h("h2", {}, t("Changed by your edits since the run"));
  const sentences = said.map((s) => h("p", {}, s));
  if (!edges.length) return [head, ...sentences, h("p", { class: "note" }, t("No edge is decided otherwise."))];
  const row = (e: EditedEdge): HTMLElement =>
    h(
      "tr",
      { "data-change": e.change },
      h("td", {}, changeText(e)),
      h("td", { class: "mono" }, e.edge),
      h("td", {}, e.file !== undefined && e.line !== undefined ? lineOf(c, e.file, e.line) : ""),
      h("td", {}, `${verdict(e.before)} → ${verdict(e.after)}`),
      h("td", {}, why(e.after ?? e.before)),
    );
  const heads = [t("Change"), t("Value → reader"), t("Line"), t("Before → now"), t("Why")].map((label) => h("th", { scope: "col" }, label));
  return [
    head,
    ...sentences,
    h(
      "div",
      { class: "edited-rows", tabindex: 0, role: "region", "aria-label": t("Edges that your edits changed") },
      h("table", { "aria-label": t("Changed edges") }, h("thead", {}, h("tr", {}, ...heads)), h("tbody", {}, ...edges.map(row))),
      more ? h("p", { class: "note" }, t("… and {0} more", more)) : null,
    ),
  ];
}
const lineOf = (c: ViewContext, file: string, line: number): HTMLElement => lineLink(where({ file, line }), () => c.reveal({ file, line }));
