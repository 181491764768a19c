// The search field: how many were found is said, Enter goes to the next, Shift+Enter to the one before.
import type { Level } from "../../engine/report/types.ts";
import { field } from "../controls/field.ts";
import { h } from "../dom.ts";
import { t } from "../l10n.ts";
import type { Lookup } from "../lookup.ts";
import { findKernels, findNodes } from "./search.ts";

export interface Match {
  readonly kind: "node" | "kernel";
  readonly id: string;
}
export interface SearchBox {
  readonly element: HTMLElement;
  readonly count: HTMLElement;
  focus(): void;
  clear(): void;
}
export function searchBox(o: {
  readonly lookup: Lookup;
  readonly level: () => Level;
  /** Operations that are to be marked. */
  readonly found: (ids: readonly string[]) => void;
  readonly go: (m: Match) => void;
}): SearchBox {
  let matches: readonly Match[] = [];
  let at = -1;
  let asked = "";
  const count = h("span", { class: "found", role: "status" });
  const show = (): void => {
    count.textContent = !asked
      ? ""
      : matches.length === 0
        ? t("none found")
        : at < 0
          ? t("{0} found", matches.length)
          : t("{0} of {1}", at + 1, matches.length);
  };
  const look = (query: string): void => {
    asked = query.trim();
    const nodes = findNodes(o.lookup, o.level(), query);
    const kernels = nodes.length ? [] : findKernels(o.lookup, query);
    matches = nodes.length ? nodes.map((n) => ({ kind: "node", id: n.id })) : kernels.map((k) => ({ kind: "kernel", id: k.id }));
    at = -1;
    o.found(nodes.length ? nodes.map((n) => n.id) : kernels.flatMap((k) => k.outputs.slice(0, 1)));
    show();
  };
  const element = field(t("Search operations, types, lines, names"), look);
  element.addEventListener("keydown", (e) => {
    if (e.key === "Escape") {
      element.value = "";
      look("");
    }
    if (e.key !== "Enter" || !matches.length) return;
    at = e.shiftKey ? (at <= 0 ? matches.length : at) - 1 : (at + 1) % matches.length;
    show();
    o.go(matches[at]!);
  });
  return {
    element,
    count,
    focus: () => element.focus(),
    clear() {
      element.value = "";
      look("");
    },
  };
}
