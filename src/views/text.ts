// The program as text, as JAX prints it; each equation is a link to its line.
import type { Frame, Node } from "../engine/report/types.ts";
import { virtualRows } from "./controls/virtual.ts";
import { h } from "./dom.ts";
import { baseName } from "./format.ts";
import { t } from "./l10n.ts";
import type { Lookup } from "./lookup.ts";
import { type View, type ViewContext, type ViewDefinition, all } from "./view.ts";

const ROW_HEIGHT = 18;
export const textView: ViewDefinition = { id: "text", label: () => t("Text"), open };

interface TextLine {
  readonly text: string;
  readonly node: Node | undefined;
  readonly frame: Frame | undefined;
  /** Where the equation begins; it may go on over more lines. */
  readonly first: boolean;
}
function textLines(lookup: Lookup): TextLine[] {
  const text = lookup.program?.levels.find((l) => l.text)?.text;
  if (!text) return [];
  const starts = new Map(text.lines.map(([line, node]) => [line, node]));
  let current: string | undefined;
  return text.text.split("\n").map((line, i) => {
    const start = starts.get(i + 1);
    if (start !== undefined) current = start;
    else if (/^\s*(in |\{|let )/.test(line)) current = undefined;
    const node = current === undefined ? undefined : lookup.nodes.get(current);
    return { text: line, node, frame: lookup.frameOf(node?.stack), first: start !== undefined };
  });
}
function open(c: ViewContext): View {
  const { lookup, store } = c;
  const lines = textLines(lookup);
  const scroller = h("div", { class: "scroll jaxpr", role: "document", "aria-label": t("The traced program") });
  const body = h("div");
  scroller.append(lines.length ? body : h("p", { class: "note" }, t("This profile has no program text.")));
  let marked: ReadonlySet<string> = new Set();
  let chosen: ReadonlySet<string> = new Set();
  const list = virtualRows({ scroller, body, height: ROW_HEIGHT, render, spacer: (height) => h("div", { style: `height:${height}px` }) });
  function go(l: TextLine): void {
    if (l.node) store.select({ kind: "node", id: l.node.id });
    if (l.frame) c.reveal({ file: lookup.pathOf(l.frame.file), line: l.frame.line, column: l.frame.column });
  }
  function render(i: number): HTMLElement {
    const l = lines[i]!;
    const { node, frame } = l;
    const where = frame ? `${baseName(lookup.pathOf(frame.file))}:${frame.line}` : "";
    return h(
      "div",
      {
        class: classOf(l),
        "data-row": String(i),
        ...(frame
          ? {
              ...(l.first ? { tabindex: 0, role: "button" } : {}),
              title: `${where}${node?.scope ? `  ${node.scope}` : ""}`,
              onclick: () => go(l),
              onkeydown: (e: KeyboardEvent) => {
                if (e.key === "Enter") go(l);
              },
            }
          : {}),
      },
      node && l.first && c.changed?.has(node.id) ? h("span", { class: "unseen" }, t("changed by your edit")) : null,
      l.text || " ",
      frame && l.first ? h("span", { class: "where" }, where) : null,
    );
  }
  const classOf = ({ node, frame }: TextLine): string =>
    `${frame ? "eqn" : ""}${node && c.changed?.has(node.id) ? " edited" : ""}${node && marked.has(node.id) ? " marked" : ""}${node && chosen.has(node.id) ? " chosen" : ""}`;
  const update = (): void => {
    const { cursor, selection } = store.state;
    marked = new Set(cursor ? lookup.nodesOfLine(cursor.file, cursor.line) : []);
    chosen = lookup.related(selection).nodes;
    if (list.virtual) list.refresh();
    else body.querySelectorAll<HTMLElement>("[data-row]").forEach((row, i) => (row.className = classOf(lines[i]!)));
  };
  list.reset(lines.length);
  update();
  return { element: scroller, dispose: all(store.subscribe(update), () => list.dispose()) };
}
