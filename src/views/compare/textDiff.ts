// Two printed programs: what was taken away and what came, with a few lines around each change.
import type { LevelDiff, TextLine } from "../../engine/report/diff/types.ts";
import { virtualRows } from "../controls/virtual.ts";
import { h } from "../dom.ts";
import { t } from "../l10n.ts";
import type { View } from "../view.ts";

const AROUND = 3;
const ROW_HEIGHT = 18;
/** Lines that are shown; a number stands for as many equal lines that are left out. */
export function hunks(lines: readonly TextLine[]): (TextLine | number)[] {
  const near = new Uint8Array(lines.length);
  lines.forEach((l, i) => {
    if (l.kind !== "same") near.fill(1, Math.max(0, i - AROUND), i + AROUND + 1);
  });
  const out: (TextLine | number)[] = [];
  let left = 0;
  lines.forEach((l, i) => {
    if (near[i]) {
      if (left) out.push(left);
      left = 0;
      out.push(l);
    } else left++;
  });
  return left ? [...out, left] : out;
}
const SIGN: Readonly<Record<TextLine["kind"], string>> = { same: " ", added: "+", removed: "−" };
export function textDiff(levels: readonly LevelDiff[]): View {
  const rows = levels.flatMap((l): (TextLine | number | string)[] => (l.lines ? [l.name, ...hunks(l.lines)] : []));
  const spoken: Readonly<Record<TextLine["kind"], string>> = { same: "", added: t("added: "), removed: t("removed: ") };
  const body = h("div");
  const scroller = h("div", { class: "scroll jaxpr", tabindex: 0, role: "region", "aria-label": t("Program text, before and after") }, body);
  if (!rows.length) scroller.append(h("p", { class: "note" }, t("The program's text is the same, or differs in the names of variables only.")));
  const list = virtualRows({
    scroller,
    body,
    height: ROW_HEIGHT,
    render: (i) => {
      const row = rows[i]!;
      const data = { "data-row": String(i) };
      if (typeof row === "string") return h("div", { ...data, class: "hunk" }, row);
      if (typeof row === "number") return h("div", { ...data, class: "hunk" }, t("… {0} equal lines", row));
      const number = (n: number | undefined): HTMLElement => h("span", { class: "at" }, n === undefined ? "" : String(n));
      return h(
        "div",
        { ...data, class: `text-line ${row.kind}` },
        number(row.before),
        number(row.after),
        h("span", { class: "sign", "aria-hidden": "true" }, SIGN[row.kind]),
        spoken[row.kind] ? h("span", { class: "unseen" }, spoken[row.kind]) : null,
        row.text || " ",
      );
    },
    spacer: (height) => h("div", { style: `height:${height}px` }),
  });
  list.reset(rows.length);
  return { element: scroller, dispose: () => list.dispose() };
}
