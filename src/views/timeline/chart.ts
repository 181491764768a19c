// The canvas of the timeline and what a person does with it: wheel and keys zoom and move, drag moves or chooses a range, arrows walk from span to span.
import { h } from "../dom.ts";
import { time } from "../format.ts";
import { t } from "../l10n.ts";
import type { Kernel, Span } from "../../engine/report/types.ts";
import { moved, scaleOf, withAir, zoomed } from "./axis.ts";
import { ROW, RULER, arrange, paint } from "./draw.ts";
import type { Held } from "./held.ts";
import { type At, type Range, type Timeline, firstAfter, spanAt } from "./model.ts";
import { tooltip } from "./tooltip.ts";

export interface ChartOptions {
  readonly timeline: Timeline;
  readonly held: Held | null;
  readonly start: Range;
  readonly kernelOf: (s: Span) => Kernel | undefined;
  readonly nameOf: (s: Span) => string;
  readonly describe: (s: Span) => readonly string[];
  readonly memoryName: string;
  readonly related: () => ReadonlySet<string>;
  readonly choose: (s: Span, follow: boolean) => void;
  readonly open: (s: Span) => void;
  readonly rangeChosen: (r: Range | null) => void;
  readonly onTheme: (listener: () => void) => () => void;
}
export interface Chart {
  readonly element: HTMLElement;
  show(r: Range): void;
  mark(at: At): void;
  repaint(): void;
  dispose(): void;
}
const NARROW = 520;
/** A chosen span takes at least this part of what is shown. */
const SMALLEST = 0.004;
export function chart(o: ChartOptions): Chart {
  const { timeline } = o;
  const { whole } = timeline;
  let shown = withAir(o.start);
  let range: Range | null = null;
  let at: At | null = null;
  const label = t(
    "Timeline. W and S zoom, A and D move, arrows walk from span to span, Enter goes to the line, M marks a range, Escape takes it away.",
  );
  const canvas = h("canvas", { tabindex: 0, role: "application", "aria-label": label });
  const tip = tooltip();
  const holder = h("div", { class: "timeline" }, canvas, tip.element);
  const element = h("div", { class: "scroll flush" }, holder, tip.live);
  const width = (): number => holder.clientWidth;
  const left = (): number => (width() < NARROW ? 76 : 132);
  const scale = () => scaleOf(shown, left(), width() - 8);
  const scene = () => ({ ...o, shown, range, at, related: o.related(), left: left(), width: width() });
  let frame = 0;
  const repaint = (): void => {
    if (frame) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      if (!width()) return;
      const started = performance.now();
      paint(canvas, scene());
      canvas.dataset.spans = String(timeline.count);
      canvas.dataset.paintMs = (performance.now() - started).toFixed(2);
      canvas.dataset.shown = `${shown.from} ${shown.to}`;
    });
  };
  const look = (r: Range): void => {
    shown = r;
    repaint();
  };
  const zoomBy = (factor: number, about = (shown.from + shown.to) / 2): void => look(zoomed(shown, about, factor, whole));
  const moveBy = (part: number): void => look(moved(shown, part * (shown.to - shown.from), whole));
  function setRange(r: Range | null, isDone = true): void {
    range = r;
    repaint();
    if (isDone) o.rangeChosen(r);
  }
  // ---- where the pointer is
  function hit(x: number, y: number): At | null {
    const place = arrange(timeline, o.held !== null).rows.find((p) => y >= p.y && y < p.y + ROW);
    if (!place || x < left()) return null;
    const row = timeline.tracks[place.track]!.rows[place.row]!;
    const px = scale();
    const i = firstAfter(row, px.invert(x - 1));
    return i < row.spans.length && px(row.start[i]!) <= x + 1 ? { track: place.track, row: place.row, span: i } : null;
  }
  function tell(a: At | null, x: number, y: number, spoken: boolean): void {
    const span = spanAt(timeline, a);
    if (span) tip.show(o.describe(span), x, y, width(), spoken);
    else tip.hide();
  }
  function choose(a: At | null, follow: boolean): void {
    at = a;
    const span = spanAt(timeline, a);
    if (span) o.choose(span, follow);
    repaint();
  }
  function tellChosen(): void {
    const span = spanAt(timeline, at);
    const place = at && arrange(timeline, o.held !== null).rows.find((p) => p.track === at!.track && p.row === at!.row);
    if (!span || !place) return;
    const x = Math.max(left(), Math.min(width() - 40, scale()(span.start)));
    tell(at, x, place.y + ROW, true);
  }
  // ---- pointer
  let drag: { readonly x: number; readonly from: Range; readonly kind: "move" | "range"; moved: boolean } | null = null;
  canvas.addEventListener("pointerdown", (e) => {
    if (e.button !== 0) return;
    drag = { x: e.offsetX, from: shown, kind: e.shiftKey || e.offsetY < RULER ? "range" : "move", moved: false };
    canvas.setPointerCapture(e.pointerId);
  });
  canvas.addEventListener("pointermove", (e) => {
    if (!drag) {
      const a = hit(e.offsetX, e.offsetY);
      canvas.style.cursor = a ? "pointer" : e.offsetY < RULER || e.shiftKey ? "col-resize" : "grab";
      tell(a, e.offsetX, e.offsetY, false);
      return;
    }
    if (Math.abs(e.offsetX - drag.x) > 3) drag.moved = true;
    if (!drag.moved) return;
    const px = scaleOf(drag.from, left(), width() - 8);
    if (drag.kind === "move") {
      tip.hide();
      look(moved(drag.from, px.invert(drag.x) - px.invert(e.offsetX), whole));
      return;
    }
    const [a, b] = [px.invert(drag.x), px.invert(e.offsetX)];
    setRange({ from: Math.min(a, b), to: Math.max(a, b) }, false);
    tip.show([time(Math.abs(b - a))], e.offsetX, e.offsetY, width(), false);
  });
  const release = (e: PointerEvent): void => {
    const d = drag;
    drag = null;
    if (!d) return;
    if (d.kind === "range") setRange(d.moved ? range : null);
    else if (!d.moved) {
      choose(hit(e.offsetX, e.offsetY), true);
      tellChosen();
    }
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", () => (drag = null));
  canvas.addEventListener("pointerleave", () => tip.hide());
  canvas.addEventListener("dblclick", (e) => {
    const span = spanAt(timeline, hit(e.offsetX, e.offsetY));
    if (span) look(withAir({ from: span.start, to: span.start + Math.max(span.duration, 1e-6) }));
  });
  canvas.addEventListener(
    "wheel",
    (e) => {
      e.preventDefault();
      tip.hide();
      const sideways = Math.abs(e.deltaX) > Math.abs(e.deltaY) ? e.deltaX : e.shiftKey ? e.deltaY : 0;
      if (sideways) return moveBy(sideways / 800);
      zoomBy(Math.pow(1.0018, -e.deltaY * (e.deltaMode === 1 ? 20 : 1)), scale().invert(Math.max(left(), e.offsetX)));
    },
    { passive: false },
  );
  // ---- keys
  function firstInView(): At {
    const wanted = Math.max(
      0,
      timeline.tracks.findIndex((x) => x.kind === "kernels"),
    );
    const row = timeline.tracks[wanted]!.rows[0]!;
    return { track: wanted, row: 0, span: Math.min(row.spans.length - 1, firstAfter(row, shown.from)) };
  }
  function walk(rows: number, spans: number, extend: boolean): void {
    const here = at ?? firstInView();
    if (!at) return arrive(here, extend);
    const all = arrange(timeline, false).rows;
    const line = all.findIndex((p) => p.track === here.track && p.row === here.row);
    const place = all[Math.max(0, Math.min(all.length - 1, line + rows))]!;
    const row = timeline.tracks[place.track]!.rows[place.row]!;
    const middle = spanAt(timeline, here)!.start;
    const span = rows ? firstAfter(row, middle) : here.span + spans;
    arrive({ track: place.track, row: place.row, span: Math.max(0, Math.min(row.spans.length - 1, span)) }, extend);
  }
  function arrive(a: At, extend: boolean): void {
    choose(a, false);
    const span = spanAt(timeline, a)!;
    if (extend) setRange({ from: Math.min(range?.from ?? span.start, span.start), to: Math.max(range?.to ?? -Infinity, span.start + span.duration) });
    look(toSee(span, shown));
    tellChosen();
  }
  /** What is shown, moved and zoomed only as far as the span needs to be seen. */
  function toSee({ start, duration }: Span, r: Range): Range {
    const length = r.to - r.from;
    const middle = start + duration / 2;
    if (duration > length) return withAir({ from: start, to: start + duration });
    if (duration < SMALLEST * length) {
      const around = Math.max(duration / SMALLEST / 4, 1e-6);
      return { from: middle - around, to: middle + around };
    }
    return start < r.from || start + duration > r.to ? moved(r, middle - (r.from + r.to) / 2, whole) : r;
  }
  function end(last: boolean): void {
    const here = at ?? firstInView();
    const { spans } = timeline.tracks[here.track]!.rows[here.row]!;
    arrive({ ...here, span: last ? spans.length - 1 : 0 }, false);
  }
  function markChosen(): void {
    const span = spanAt(timeline, at);
    setRange(span ? { from: span.start, to: span.start + span.duration } : shown);
  }
  const KEYS: Readonly<Record<string, (e: KeyboardEvent) => void>> = {
    ArrowRight: (e) => walk(0, 1, e.shiftKey),
    ArrowLeft: (e) => walk(0, -1, e.shiftKey),
    ArrowDown: () => walk(1, 0, false),
    ArrowUp: () => walk(-1, 0, false),
    Home: () => end(false),
    End: () => end(true),
    Enter: () => {
      const span = spanAt(timeline, at);
      if (span) o.open(span);
    },
    Escape: () => {
      tip.hide();
      setRange(null);
    },
    w: () => zoomBy(1.5),
    s: () => zoomBy(1 / 1.5),
    a: () => moveBy(-0.15),
    d: () => moveBy(0.15),
    f: () => look(withAir(whole)),
    m: markChosen,
    "+": () => zoomBy(1.5),
    "=": () => zoomBy(1.5),
    "-": () => zoomBy(1 / 1.5),
  };
  canvas.addEventListener("keydown", (e) => {
    const act = e.ctrlKey || e.metaKey || e.altKey ? undefined : (KEYS[e.key] ?? KEYS[e.key.toLowerCase()]);
    if (!act) return;
    e.preventDefault();
    act(e);
  });
  canvas.addEventListener("blur", () => tip.hide());
  const resized = new ResizeObserver(repaint);
  resized.observe(holder);
  const ended = o.onTheme(repaint);
  return {
    element,
    show(r) {
      look(withAir(r));
    },
    mark(a) {
      at = a;
      repaint();
    },
    repaint,
    dispose() {
      resized.disconnect();
      ended();
      cancelAnimationFrame(frame);
    },
  };
}
