// One insight: what it saves, its cause at its line, the remedy, what was measured, and what a click can do.
import { hunks } from "../../engine/report/insights/edits.ts";
import type { Insight, TextChange } from "../../engine/report/types.ts";
import { h, lineLink } from "../dom.ts";
import { baseName } from "../format.ts";
import { said, t } from "../l10n.ts";
import { button } from "../toolkit.ts";
import type { ViewContext } from "../view.ts";
import { errorText, gainText, headText } from "./words.ts";

const MOST_LINES = 6;
const MOST_HUNKS = 8;

export function card(c: ViewContext, i: Insight): HTMLElement {
  const call = c.report.timing?.total.median;
  const file = c.lookup.pathOf(i.file);
  const place = { file, line: i.line };
  const others = [...new Set(i.lines)].filter((l) => l !== i.line).sort((a, b) => a - b);
  const error = errorText(i);
  const tried = i.gain && i.change !== undefined ? t("What was tried: {0}", said(i.change, i.phrases?.change)) : undefined;
  const measured = [gainText(i, call), ...(error ? [error] : [])].join(" · ");
  return h(
    "li",
    { class: `insight${i.gain ? "" : " estimate"}`, "data-insight": `${i.rule}:${i.line}` },
    h("div", { class: "insight-gain", "aria-hidden": "true" }, headText(i, call), i.gain ? null : h("span", { class: "tag" }, t("estimate"))),
    h(
      "div",
      { class: "insight-body" },
      h(
        "div",
        {},
        h("h3", {}, said(i.text, i.phrases?.text)),
        " ",
        h(
          "span",
          { class: "insight-place" },
          lineLink(`${baseName(file)}:${i.line}`, () => c.reveal(place)),
          ...(others.length ? [` ${t("with lines")} `, ...lineLinks(c, file, others)] : []),
        ),
      ),
      h("p", {}, h("strong", {}, t("Remedy:")), ` ${said(i.remedy, i.phrases?.remedy)}`),
    ),
    h(
      "div",
      { class: "insight-side" },
      h("p", { class: "insight-measured", title: tried }, i.gain ? null : h("strong", {}, `${t("An estimate, not tried:")} `), measured),
      buttons(c, i),
    ),
    change(c, i),
  );
}
function lineLinks(c: ViewContext, file: string, lines: readonly number[]): (Node | string)[] {
  const links = lines
    .slice(0, MOST_LINES)
    .flatMap((line, at) => [at ? ", " : "", lineLink(String(line), () => c.reveal({ file, line }), t("Show line {0} in the editor", line))]);
  return lines.length > MOST_LINES ? [...links, " …"] : links;
}
/** Why its action cannot be done here; null where it can. */
function whyNot(c: ViewContext, i: Insight): string | null {
  if (!c.insightActions) return t("This is a saved profile. To apply it, profile the function from its file");
  if (i.action?.kind === "pin" && !c.pin) return t("This is a saved profile. To try a pin, run the function from its file");
  return null;
}
const TITLES = {
  edit: () => t("Changes the source (undo takes it back), and profiles again"),
  pin: () => t("Runs the function with these pins, in turns with the one as it is"),
  snippet: () => t("Opens the code beside yours"),
} as const;
function buttons(c: ViewContext, i: Insight): HTMLElement {
  const { action } = i;
  const why = whyNot(c, i);
  const label = action && said(action.label, i.phrases?.label);
  const apply = action && button(label!, () => c.insightActions?.apply(i), why ?? `${label}: ${TITLES[action.kind]()}`, "primary");
  if (apply && why) apply.setAttribute("disabled", "");
  return h(
    "div",
    { class: "toolbar" },
    apply ?? null,
    c.graph ? button(t("Show on graph"), () => showOnGraph(c, i), t("Show line {0} on the graph", i.line)) : null,
    action?.kind === "snippet"
      ? button(t("Copy snippet"), () => (c.insightActions ? c.insightActions.copy(i) : void navigator.clipboard.writeText(action.snippet)))
      : null,
  );
}
/** What it is about: the edge that is pinned, else the line. */
function showOnGraph(c: ViewContext, i: Insight): void {
  const edge = i.action?.kind === "pin" ? i.action.pins.map((p) => c.lookup.decision(p.replace(/=.*$/, ""))).find((d) => d) : undefined;
  c.store.select(edge ? { kind: "decision", id: edge.id } : { kind: "line", file: c.lookup.pathOf(i.file), line: i.line });
  c.graph?.();
}
/** What a click would change, before it does. */
function change(c: ViewContext, { action }: Insight): HTMLElement | null {
  if (!action) return null;
  if (action.kind === "snippet") return details(t("The code"), h("pre", { class: "code", tabindex: 0 }, action.snippet));
  if (action.kind === "pin") return details(t("The pins"), h("p", { class: "mono" }, action.pins.slice(0, 40).join("  ")));
  const files = [...new Set(action.edits.map((e) => e.file))];
  const parts = files.flatMap((file) =>
    editLines(
      c,
      file,
      action.edits.filter((e) => e.file === file),
    ),
  );
  return parts.length ? details(t("The change"), ...parts) : null;
}
const details = (title: string, ...inside: HTMLElement[]): HTMLElement => h("details", {}, h("summary", {}, title), ...inside);
function editLines(c: ViewContext, file: number, edits: readonly TextChange[]): HTMLElement[] {
  const text = c.report.files[file]?.text;
  if (text === undefined) return [];
  const line = (kind: "added" | "removed", at: number | null, words: string): HTMLElement =>
    h(
      "div",
      { class: `text-line ${kind}` },
      h("span", { class: "at" }, at === null ? "" : String(at)),
      h("span", { class: "sign", "aria-hidden": "true" }, kind === "added" ? "+" : "−"),
      h("span", { class: "unseen" }, kind === "added" ? t("added: ") : t("removed: ")),
      words || " ",
    );
  const path = c.lookup.pathOf(file);
  const all = hunks(text, edits);
  return all
    .slice(0, MOST_HUNKS)
    .map((k) =>
      h(
        "div",
        { class: "jaxpr change-lines", role: "group", "aria-label": `${baseName(path)}:${k.line}` },
        ...k.before.map((words, n) => line("removed", k.line + n, words)),
        ...k.after.map((words) => line("added", null, words)),
      ),
    );
}
