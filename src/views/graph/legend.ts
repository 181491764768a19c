// What the colours and lines of the picture mean: those that are in it.
import { h } from "../dom.ts";
import { t } from "../l10n.ts";
import { CATEGORY_ORDER, categoryName, categoryVariable } from "../theme.ts";
import type { GraphModel } from "./model.ts";

export function legend(element: HTMLElement, m: GraphModel, changed: boolean): void {
  const present = new Set(
    m.picture!.boxes.filter((b) => b.item.kind === "node" || b.item.kind === "kernel" || b.item.kind === "control").map((b) => b.item.category),
  );
  const verdicts = new Set(m.picture!.edges.slice(0, 500).map((e) => m.verdicts.of(e.leaves)));
  const entry = (sign: HTMLElement, name: string): HTMLElement => h("span", { role: "listitem" }, sign, name);
  element.replaceChildren(
    ...CATEGORY_ORDER.filter((c) => present.has(c)).map((c) =>
      entry(h("span", { class: "swatch", style: `background:var(${categoryVariable(c)})` }), categoryName(c)),
    ),
    ...(verdicts.has("fused") ? [entry(h("span", { class: "stroke fused" }), t("fused"))] : []),
    ...(verdicts.has("stored") ? [entry(h("span", { class: "stroke" }), t("stored, and read again"))] : []),
    ...(changed ? [entry(h("span", { class: "changed" }), t("changed by your edit"))] : []),
  );
}
