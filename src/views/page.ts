// The page, for the side panel (graph), the bottom panel (profile), the custom editor and the HTML report (both): each starts it with its views.
import { t } from "./l10n.ts";
import style from "./style.css";
import type { ReportDiff } from "../engine/report/diff/types.ts";
import { nameOf } from "../engine/report/insights/gain.ts";
import type { NodeId, Report } from "../engine/report/types.ts";
import { comparisons } from "./compare/comparisons.ts";
import { embedded, inEditor, listen, send, state } from "./bridge.ts";
import { type Tabs, tabs } from "./controls/tabs.ts";
import { h } from "./dom.ts";
import { time } from "./format.ts";
import { type InsightActions, type InsightSource, insightSource } from "./insights/feed.ts";
import { Lookup } from "./lookup.ts";
import type { LedgerEdit, Trials } from "./messages.ts";
import { mark } from "./spans.ts";
import { type Store, createStore } from "./store.ts";
import { watchTheme } from "./theme.ts";
import type { Edits, ViewContext, ViewDefinition } from "./view.ts";

/** The views of this page; the bundle holds no others. */
let views: readonly ViewDefinition[] = [];
/** What stands at the end of the head, where the page has anything. */
let tools: () => HTMLElement | null = () => null;
type Mode = "graph" | "profile" | "full";
const mode = (document.body.dataset.mode ?? "full") as Mode;
const app = document.getElementById("app")!;
// A constructed sheet needs no 'unsafe-inline' in the content security policy.
const sheet = new CSSStyleSheet();
sheet.replaceSync(style);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
const onTheme = watchTheme();
mark("script runs");

const WELCOME: Readonly<Record<Mode, string>> = {
  graph: t("The graph of a function appears here."),
  profile: t("Kernel times and fusion decisions appear here."),
  full: t("Open a profile."),
};
const HOW = t("Open a file with jit functions and click “jit & profile” above one, or run “JitLens: Trace Function” from the command palette.");

/** The Report that is shown, with everything that must end before another one is. */
interface Page {
  readonly report: Report;
  readonly store: Store;
  readonly tabs: Tabs;
  readonly insights: InsightSource;
  /** It is of a text that is being edited. */
  readonly edited: boolean;
}
let page: Page | null = null;
/** They go on while one report of the run takes another's place. */
let trials: Trials | null = null;
/** Whether the person has done something in the page since its report was shown. */
let touched = false;
for (const event of ["pointerdown", "keydown", "wheel"]) document.addEventListener(event, () => (touched = true), { capture: true, passive: true });
/** What the extension says while it works; a Report that is shown stays. */
const status = h("div", { class: "status", role: "status", hidden: true });

function showStatus(text: string, busy: boolean): void {
  status.hidden = text === "";
  status.replaceChildren(...(busy ? [h("div", { class: "busy" })] : []), h("span", {}, text));
  if (page) return;
  app.replaceChildren(
    ...(busy ? [h("div", { class: "busy" })] : []),
    h("main", { class: "welcome" }, h("h1", {}, text || WELCOME[mode]), text ? null : h("p", {}, HOW)),
  );
}
/** Comparisons with the baseline, made by the extension or standing inside the page. */
const diffs = comparisons(() => send({ type: "compare" }));
/** What edits changed in the ledger of the Report that is shown. */
const edits = ((): Edits & { tell(e: LedgerEdit | null): void } => {
  let now: LedgerEdit | null = null;
  const listeners = new Set<(e: LedgerEdit | null) => void>();
  return {
    get now() {
      return now;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell(e) {
      now = e;
      for (const l of [...listeners]) l(e);
    },
  };
})();
interface Shown {
  readonly older?: { readonly created: string } | null;
  readonly tab?: string | undefined;
  /** The run that made it can be repeated. */
  readonly live?: boolean;
  readonly acts?: boolean;
  /** The text is being edited: operations that the last edit changed. */
  readonly changed?: readonly NodeId[] | undefined;
}
function show(report: Report, { older = null, tab, live = false, acts = false, changed }: Shown): void {
  diffs.forget();
  edits.tell(null);
  // The same report with what the rest of the run taught: what is open and chosen stays.
  // So does it where the function is being edited.
  const edited = page?.edited || changed !== undefined;
  const again = page?.report.id === report.id || (edited && page?.report.function.name === report.function.name) ? page : null;
  const chosen = again?.store.state ?? null;
  page?.tabs.dispose();
  const store = createStore((selection) => send({ type: "select", selection }));
  const lookup = new Lookup(report);
  write();
  const saved = state.get();
  const memory = {
    get: (key: string): unknown => saved[key],
    set(key: string, value: unknown): void {
      saved[key] = value;
      remember(saved);
    },
  };
  const insights = insightSource(report);
  if (trials) insights.trying(trials);
  const context: ViewContext = {
    report,
    insights,
    lookup,
    store,
    ...(changed ? { changed: new Set(changed) } : {}),
    // The editor keeps profiles of before: it is asked when the view is opened.
    baseline: older || (inEditor && mode === "profile") ? { created: older?.created ?? null, request: diffs.request } : null,
    memory,
    edits,
    onTheme,
    ...(mode === "full" ? { tab: (id: string) => bar.show(id), graph: () => bar.show("graph") } : {}),
    ...(mode === "profile" && inEditor ? { graph: () => send({ type: "graph" }) } : {}),
    ...(acts ? { insightActions: actionsOf(report) } : {}),
    ...(live ? { pin: (pins: readonly string[], keep: boolean) => send({ type: "pin", pins, keep }) } : {}),
    follow({ file, line, column = 1 }) {
      if (inEditor) send({ type: "reveal", file, line, column });
    },
    reveal({ file, line, column = 1 }) {
      if (inEditor) send({ type: "reveal", file, line, column });
      else {
        // Nowhere to go but here: the source is in the report.
        store.select({ kind: "line", file, line });
        if (list.some((v) => v.id === "lines")) bar.show("lines");
      }
    },
  };
  const list = views.filter((v) => v.when?.(context) ?? true);
  const leading = (): ViewDefinition => list.find((v) => v.leads?.(context)) ?? list.find((v) => !v.leads) ?? list[0]!;
  // Who works in a tab stays there while the function is profiled again.
  const stays = touched && page?.report.function.name === report.function.name ? page.tabs.shown : undefined;
  const first = [tab, stays, saved.tab].map((id) => list.find((v) => v.id === id)).find((v) => v) ?? leading();
  const bar = tabs(
    list.map((v) => ({ id: v.id, label: v.label(report, context), open: () => v.open(context) })),
    first.id,
    (id) => memory.set("tab", id),
  );
  const opened = bar.shown;
  if (stays === undefined) touched = false;
  // What trials find comes to the front of a page that nobody has used yet.
  insights.subscribe(() => {
    for (const v of list) bar.relabel(v.id, v.label(report, context));
    if (!touched && tab === undefined && saved.tab === undefined && bar.shown === opened && bar.shown !== leading().id) bar.show(leading().id);
  });
  const summary = [report.timing ? t("{0} median", time(report.timing.total.median)) : changed ? t("as edited, not measured") : t("traced")];
  const fused = lookup.decisions.filter((d) => d.fused).length;
  if (mode !== "graph")
    summary.push(
      lookup.kernels.length === 1 ? t("1 kernel") : t("{0} kernels", lookup.kernels.length),
      t("{0} of {1} edges fused", fused, lookup.decisions.length),
    );
  const ran = ranOn(report);
  if (ran) summary.push(ran.text);
  const native = lookup.kernels.filter((k) => k.route?.code === "native").length;
  if (native) summary.push(t("native code: {0} of {1} kernels", native, lookup.kernels.length));
  page = { report, store, tabs: bar, insights, edited: changed !== undefined };
  status.hidden = true;
  app.replaceChildren(
    status,
    h(
      "header",
      { class: "header" },
      h("h1", {}, report.function.name),
      h("span", { class: "muted", ...(ran ? { title: ran.why } : {}) }, summary.join(", ")),
      h("span", { class: "spacer" }),
      inEditor ? null : h("span", { class: "muted" }, contents(report)),
      inEditor ? tools() : null,
    ),
    h("main", {}, bar.element),
  );
  document.body.dataset.report = report.function.name;
  if (chosen?.cursor) store.moveCursor(chosen.cursor);
  if (chosen?.selection) store.select(chosen.selection, "elsewhere");
}
const actionsOf = (report: Report): InsightActions => ({
  apply: (i) => send({ type: "apply", report: report.id, insight: nameOf(i) }),
  copy: (i) => send({ type: "snippet", report: report.id, insight: nameOf(i) }),
  stop: () => send({ type: "stopTrials" }),
});
/** Where it ran, if that is not what one would expect: on something other than the CPU, or on the CPU though the GPU was wanted. */
function ranOn({ devices: [first], warnings }: Report): { readonly text: string; readonly why: string } | null {
  const missing = warnings.find((w) => w.kind === "deviceMissing");
  if (missing) return { text: t("on the CPU: there is no GPU"), why: missing.message };
  return first && !first.platform.startsWith("cpu") ? { text: t("on {0}", first.name), why: first.platform } : null;
}
/** A file that travels says what of the person's it carries. */
function contents(report: Report): string {
  const texts = report.files.filter((f) => f.text !== undefined).map((f) => f.path.split("/").at(-1)!);
  if (!texts.length) return t("holds no source text");
  return texts.length > 3 ? t("holds the text of {0} source files", texts.length) : t("holds the source text of {0}", texts.join(", "));
}
/** What the page remembers is written when it rests: while it moves, each frame would send all of it to the editor. */
const REST_MS = 250;
let rest: ReturnType<typeof setTimeout> | undefined;
let remembered: Record<string, unknown> | null = null;
function write(): void {
  clearTimeout(rest);
  if (remembered) state.set(remembered);
  remembered = null;
}
function remember(saved: Record<string, unknown>): void {
  remembered = saved;
  clearTimeout(rest);
  rest = setTimeout(write, REST_MS);
}
window.addEventListener("pagehide", write);
/** Starts the page: from now on it shows what stands in it and what it is told. */
export function start(shown: readonly ViewDefinition[], atEnd: () => HTMLElement | null = () => null): void {
  views = shown;
  tools = atEnd;
  listen((m) => {
    if (m.type === "report") mark("report here");
    if (m.type === "report")
      show(m.report, { older: m.baseline ?? null, tab: m.tab, live: m.live ?? false, acts: m.acts ?? false, changed: m.changed });
    else if (m.type === "diff") diffs.tell(m.diff);
    else if (m.type === "edit") edits.tell(m.edit);
    else if (m.type === "insights") {
      if (m.report === page?.report.id) page.insights.tell(m.insights, m.tried, m.untried);
    } else if (m.type === "trials") {
      trials = m.trials;
      page?.insights.trying(trials);
    } else if (m.type === "show") {
      page?.tabs.show(m.tab);
      if (m.insight) page?.insights.want(m.insight);
    } else if (m.type === "cursor") page?.store.moveCursor(m);
    else if (m.type === "select") page?.store.select(m.selection, "elsewhere");
    else showStatus(m.text, m.busy);
  });
  const inside = embedded<Report>("report");
  const compared = embedded<ReportDiff>("diff");
  if (inside) show(inside, { older: compared && { created: compared.before.created }, tab: compared ? "compare" : undefined });
  if (compared) diffs.tell(compared);
  else showStatus("", false);
  send({ type: "ready" });
  // Once more, if what was posted before the page was there has been lost.
  if (inEditor) setTimeout(() => page ?? send({ type: "ready" }), 1500);
}
