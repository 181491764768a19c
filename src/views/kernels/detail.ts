// All that is known of the kernel that is chosen: its figures, its loops, and its code, whose lines point at the operations that they compute.
import type { Code, Kernel } from "../../engine/report/types.ts";
import { virtualRows } from "../controls/virtual.ts";
import { h } from "../dom.ts";
import { bytes, count, time } from "../format.ts";
import { t } from "../l10n.ts";
import { button } from "../toolkit.ts";
import type { ViewContext } from "../view.ts";
import { lineLinks, regionName } from "./columns.ts";
import { off } from "./figures.ts";

const LINE_HEIGHT = 17;
export interface Detail {
  readonly elements: readonly HTMLElement[];
  /** Marks the lines of the operations that are chosen. */
  mark(nodes: ReadonlySet<string>): void;
  dispose(): void;
}
export function kernelDetail(c: ViewContext, k: Kernel): Detail {
  const codes = (k.code ?? []).map((code) => codeView(c, code));
  const head = h(
    "div",
    { class: "toolbar" },
    h("h2", {}, k.label),
    c.tab ? button(t("Show on graph"), () => c.tab?.("graph"), t("The graph shows the kernel that is chosen")) : null,
  );
  return {
    elements: [head, facts(c, k), ...codes.map((v) => v.element)],
    mark: (nodes) => codes.forEach((v) => v.mark(nodes)),
    dispose: () => codes.forEach((v) => v.dispose()),
  };
}
function facts(c: ViewContext, k: Kernel): HTMLElement {
  const row = (name: string, value: Node | string): HTMLElement => h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value));
  const types = k.outputs.map((id) => c.lookup.nodes.get(id)?.type ?? "").filter(Boolean);
  const inside = new Set(k.nodes);
  const edges = c.lookup.decisions.filter((d) => d.fused && inside.has(d.producer) && inside.has(d.consumer)).length;
  const calls = k.calls === 1 ? t("1 call") : t("{0} calls", k.calls);
  return h(
    "table",
    { class: "facts", "aria-label": k.label },
    row(t("Name"), `${k.name} (${k.kind}${regionName(c, k)})`),
    ...(types.length ? [row(t("Results"), types.join(", "))] : []),
    ...(k.time
      ? [row(t("Time"), `${t("{0} (minimum {1}, spread {2})", time(k.time.median), time(k.time.min), time(k.time.spread))}, ${calls}`)]
      : []),
    ...(k.predicted === undefined ? [] : [row(t("Predicted"), predicted(k))]),
    row(t("Traffic"), `${t("{0} read, {1} written", bytes(k.bytesRead), bytes(k.bytesWritten))}; ${count(k.flops)} FLOP`),
    row(t("Operations"), t("{0} in one kernel, {1} edges fused", k.nodes.length, edges)),
    row(t("Lines"), lineLinks(c, k, 12)),
    ...(k.loops?.length ? [row(t("Loops"), k.loops.map((l) => `${l.axis} < ${l.extent} (${l.kind})`).join(", "))] : []),
    ...(k.route ? [row(t("Computed by"), computedBy(k.route))] : []),
    ...(k.launch ? [row(t("Launch"), t("grid {0}, block {1}", k.launch.grid.join(" × "), k.launch.block.join(" × ")))] : []),
  );
}
function computedBy({ code, because, threads }: NonNullable<Kernel["route"]>): string {
  if (code === "native") return threads === undefined ? t("native code of this machine") : t("native code of this machine, {0} threads", threads);
  return because === undefined ? "WebAssembly" : t("WebAssembly: {0}", because);
}
function predicted(k: Kernel): string {
  const ratio = off(k);
  return ratio === null ? time(k.predicted!) : t("{0}; measured is {1} times that", time(k.predicted!), ratio.toFixed(ratio < 10 ? 1 : 0));
}
/** Code with a link on every line that computes an operation; only the lines in view are made. */
function codeView(c: ViewContext, code: Code): { readonly element: HTMLElement; mark(nodes: ReadonlySet<string>): void; dispose(): void } {
  const lines = code.text.split("\n");
  const nodeOf = new Map(code.lines ?? []);
  let marked: ReadonlySet<string> = new Set();
  const body = h("div");
  const scroller = h("div", { class: "code", tabindex: 0, role: "region", "aria-label": t("Code ({0})", code.language) }, body);
  const choose = (id: string): void => c.store.select({ kind: "node", id });
  const line = (i: number): HTMLElement => {
    const id = nodeOf.get(i + 1);
    const op = id === undefined ? undefined : c.lookup.nodes.get(id);
    const on = id !== undefined && marked.has(id);
    return h(
      "div",
      {
        "data-row": String(i),
        class: `code-line${op ? " linked" : ""}${on ? " marked" : ""}`,
        ...(op
          ? {
              tabindex: -1,
              role: "button",
              title: t("{0}: choose this operation", `${op.op} ${op.type}`),
              onclick: () => choose(op.id),
              onkeydown: (e: KeyboardEvent) => {
                if (e.key === "Enter") choose(op.id);
              },
            }
          : {}),
      },
      lines[i] || " ",
    );
  };
  const list = virtualRows({ scroller, body, height: LINE_HEIGHT, render: line, spacer: (height) => h("div", { style: `height:${height}px` }) });
  list.reset(lines.length);
  const title = code.length
    ? t("Code ({0}, the first {1} of {2} characters)", code.language, code.text.length, code.length)
    : t("Code ({0})", code.language);
  const element = h("details", { open: true, ontoggle: () => list.refresh() }, h("summary", {}, title), scroller);
  return {
    element,
    mark(nodes) {
      if (nodeOf.size === 0) return;
      marked = nodes;
      list.refresh();
    },
    dispose: () => list.dispose(),
  };
}
