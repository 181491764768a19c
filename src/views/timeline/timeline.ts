// The first runs, kernel by kernel, on a canvas: 200,000 spans draw as fast as ten. Wheel and + − zoom, drag moves, arrows walk from span to span.
import { scaleLinear, select, zoom, zoomIdentity, type ZoomTransform } from "d3";
import { segmented } from "../controls/segmented.ts";
import { h } from "../dom.ts";
import { baseName, time } from "../format.ts";
import { t } from "../l10n.ts";
import { largest } from "../lookup.ts";
import { categoryVariable } from "../theme.ts";
import { button } from "../toolkit.ts";
import { type View, type ViewContext, type ViewDefinition, all } from "../view.ts";
import { type Bar, type Mode, firstAfter, timelineRows } from "./rows.ts";

export const timelineView: ViewDefinition = { id: "timeline", label: () => t("Timeline"), place: "profile", open };
const LEFT = 60;
const ROW = 34;
const BAR = 24;
/** What a kind of kernel is coloured as. */
const COLOURS: Readonly<Record<string, string>> = {
  matmul: categoryVariable("contraction"),
  reduce: categoryVariable("reduction"),
  cumulative: categoryVariable("reduction"),
  region: categoryVariable("movement"),
  library: categoryVariable("library"),
  callback: categoryVariable("callback"),
};
const HINT = t("Wheel or + and − zoom, drag moves, arrow keys walk, Enter goes to the line, F fits.");

function open(c: ViewContext): View {
  const { report, lookup, store } = c;
  const modes: readonly { id: Mode; label: string }[] = [
    { id: "runs", label: t("Runs") },
    { id: "compile", label: t("Compilation") },
  ];
  const byMode = new Map(modes.map((m) => [m.id, timelineRows(report, m.id)]));
  const usable = modes.filter((m) => byMode.get(m.id)!.length);
  if (!usable.length) return { element: h("p", { class: "note" }, t("No runs were measured.")), dispose() {} };
  let mode = usable[0]!.id;
  let transform: ZoomTransform = zoomIdentity;
  let at: { row: number; bar: number } | null = null;
  let related = lookup.related(store.state.selection).kernels;
  const canvas = h("canvas", { tabindex: 0, role: "application", "aria-label": `${t("Timeline of kernels.")} ${HINT}` });
  const holder = h("div", { class: "timeline" }, canvas);
  const tip = h("div", { class: "note", "aria-live": "polite" }, HINT);
  const rows = () => byMode.get(mode)!;
  const name = ({ span }: Bar): string => {
    const k = span.kernel === undefined ? undefined : lookup.kernelById.get(span.kernel);
    return k?.label ?? span.name ?? t("unknown kernel {0}", span.kernel ?? "");
  };
  const scale = () =>
    transform.rescaleX(
      scaleLinear()
        .domain([0, largest(rows(), (r) => r.length, 1e-6)])
        .range([LEFT, Math.max(LEFT + 100, holder.clientWidth - 12)]),
    );
  const colour = (style: CSSStyleDeclaration, variable: string): string => style.getPropertyValue(variable).trim() || "#888";
  function paint(): void {
    const width = holder.clientWidth;
    const height = rows().length * ROW + 30;
    if (!width) return;
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
    const context = canvas.getContext("2d")!;
    const style = getComputedStyle(canvas);
    const page = colour(style, "--page");
    const text = colour(style, "--text");
    const muted = colour(style, "--muted");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = "11px system-ui, sans-serif";
    const x = scale();
    const [from, to] = [x.invert(LEFT), x.invert(width)];
    rows().forEach((row, i) => {
      const y = i * ROW + 4;
      context.fillStyle = muted;
      context.fillText(row.label, 8, y + 16, LEFT - 12);
      context.save();
      context.beginPath();
      context.rect(LEFT, y - 2, width - LEFT, ROW);
      context.clip();
      let painted = -Infinity;
      for (let b = firstAfter(row.bars, from); b < row.bars.length; b++) {
        const bar = row.bars[b]!;
        if (bar.from > to) break;
        const left = x(bar.from);
        const right = Math.max(left + 1, x(bar.to));
        const chosen = at?.row === i && at.bar === b;
        // What falls into a pixel that is painted already would change nothing.
        if (right < painted + 0.5 && !chosen) continue;
        painted = right;
        const kernel = bar.span.kernel === undefined ? undefined : lookup.kernelById.get(bar.span.kernel);
        const marked = kernel && related.has(kernel.id);
        const fill = colour(style, (kernel && COLOURS[kernel.kind]) ?? categoryVariable("elementwise"));
        context.globalAlpha = related.size && !marked ? 0.45 : 1;
        context.fillStyle = fill;
        context.fillRect(left, y, right - left, BAR);
        context.globalAlpha = 1;
        if (chosen || marked) {
          context.strokeStyle = colour(style, "--focus");
          context.lineWidth = 2;
          context.strokeRect(left, y + 1, Math.max(2, right - left), BAR - 2);
        }
        const room = right - Math.max(left, LEFT) - 8;
        if (room < 40) continue;
        context.fillStyle = page;
        fitted(context, name(bar), Math.max(left, LEFT) + 4, y + 16, room);
      }
      context.restore();
    });
    context.fillStyle = muted;
    context.strokeStyle = text;
    context.textAlign = "center";
    for (const v of x.ticks(Math.max(2, Math.floor((width - LEFT) / 90))))
      if (x(v) >= LEFT) context.fillText(time(v), x(v), rows().length * ROW + 20);
    context.textAlign = "left";
    canvas.dataset.spans = String(rows().reduce((s, r) => s + r.bars.length, 0));
  }
  let frame = 0;
  const schedule = (): void => {
    if (frame) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      paint();
    });
  };
  const behaviour = zoom<HTMLCanvasElement, unknown>()
    .scaleExtent([1, 1e5])
    .on("zoom", (e: { transform: ZoomTransform }) => {
      transform = e.transform;
      schedule();
    });
  const selection = select<HTMLCanvasElement, unknown>(canvas).call(behaviour).on("dblclick.zoom", null);
  const fit = (): void => void selection.call(behaviour.transform, zoomIdentity);
  function hit(e: MouseEvent): { row: number; bar: number } | null {
    const row = Math.floor((e.offsetY - 2) / ROW);
    const bars = rows()[row]?.bars;
    if (!bars || e.offsetX < LEFT) return null;
    const x = scale();
    const bar = firstAfter(bars, x.invert(e.offsetX - 1));
    return bars[bar] && x(bars[bar].from) <= e.offsetX + 1 ? { row, bar } : null;
  }
  const barAt = (p: { row: number; bar: number } | null): Bar | undefined => (p ? rows()[p.row]?.bars[p.bar] : undefined);
  function describe(b: Bar): string {
    const lines = (b.span.kernel === undefined ? undefined : lookup.kernelById.get(b.span.kernel))?.lines ?? [];
    const where = lines.slice(0, 4).map((l) => `${baseName(lookup.pathOf(l.file))}:${l.line}`);
    return `${t("{0}: {1}, starts at {2}", name(b), time(b.span.duration), time(b.from))}${where.length ? `, ${where.join(", ")}${lines.length > 4 ? ", …" : ""}` : ""}`;
  }
  function choose(p: { row: number; bar: number } | null, go: ViewContext["reveal"] | null): void {
    at = p;
    const bar = barAt(p);
    if (bar) tip.textContent = describe(bar);
    if (bar?.span.kernel !== undefined && lookup.kernelById.has(bar.span.kernel)) {
      store.select({ kind: "kernel", id: bar.span.kernel });
      const place = lookup.placeOf({ kind: "kernel", id: bar.span.kernel });
      if (go && place) go(place);
    }
    schedule();
  }
  canvas.addEventListener("click", (e) => choose(hit(e), c.follow));
  canvas.addEventListener("mousemove", (e) => {
    const bar = barAt(hit(e));
    canvas.style.cursor = bar ? "pointer" : "grab";
    if (bar) tip.textContent = describe(bar);
  });
  function walk(dRow: number, dBar: number): void {
    const row = Math.max(0, Math.min(rows().length - 1, (at?.row ?? 0) + dRow));
    const bars = rows()[row]!.bars;
    const here = barAt(at);
    const bar = at === null ? 0 : dRow && here ? firstAfter(bars, here.from) : at.bar + dBar;
    choose({ row, bar: Math.max(0, Math.min(bars.length - 1, bar)) }, null);
    keepInView();
  }
  function keepInView(): void {
    const bar = barAt(at);
    const x = scale();
    if (bar && (x(bar.from) < LEFT || x(bar.to) > holder.clientWidth))
      selection.call(behaviour.translateBy, ((LEFT + holder.clientWidth) / 2 - x(bar.from)) / transform.k, 0);
  }
  const KEYS: Readonly<Record<string, () => void>> = {
    ArrowRight: () => walk(0, 1),
    ArrowLeft: () => walk(0, -1),
    ArrowDown: () => walk(1, 0),
    ArrowUp: () => walk(-1, 0),
    Home: () => choose({ row: at?.row ?? 0, bar: 0 }, null),
    End: () => choose({ row: at?.row ?? 0, bar: rows()[at?.row ?? 0]!.bars.length - 1 }, null),
    Enter: () => choose(at, c.reveal),
    "+": () => selection.call(behaviour.scaleBy, 1.5),
    "=": () => selection.call(behaviour.scaleBy, 1.5),
    "-": () => selection.call(behaviour.scaleBy, 1 / 1.5),
    f: fit,
    F: fit,
  };
  canvas.addEventListener("keydown", (e) => {
    const act = e.ctrlKey || e.metaKey || e.altKey ? undefined : KEYS[e.key];
    if (!act) return;
    e.preventDefault();
    act();
  });
  const pick = segmented(t("What is shown"), usable, mode, (id) => {
    mode = id as Mode;
    at = null;
    fit();
    schedule();
  });
  const resized = new ResizeObserver(schedule);
  resized.observe(holder);
  const update = (): void => {
    related = lookup.related(store.state.selection).kernels;
    schedule();
  };
  const toolbar = h("div", { class: "toolbar" }, ...(usable.length > 1 ? [pick.element] : []), button(t("Fit"), fit, t("Fit all runs"), "icon"), tip);
  return {
    element: h("div", { class: "stacked" }, toolbar, h("div", { class: "scroll" }, holder)),
    dispose: all(store.subscribe(update), c.onTheme(schedule), () => {
      resized.disconnect();
      cancelAnimationFrame(frame);
    }),
  };
}
/** Text that is shortened where it would not fit. */
function fitted(context: CanvasRenderingContext2D, text: string, x: number, y: number, room: number): void {
  let n = text.length;
  if (context.measureText(text).width > room) {
    n = Math.floor((text.length * room) / context.measureText(text).width);
    while (n > 0 && context.measureText(`${text.slice(0, n)}…`).width > room) n--;
    if (n < 3) return;
    context.fillText(`${text.slice(0, n)}…`, x, y);
    return;
  }
  context.fillText(text, x, y);
}
