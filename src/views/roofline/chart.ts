// The roofline itself: operations per byte to the right, operations per second upwards, both logarithmic; what the machine can do as lines, kernels as dots as
// large as their time. Dots are walked with the arrow keys, from the one that takes longest on.
import { scaleLog } from "d3";
import { h } from "../dom.ts";
import { t } from "../l10n.ts";
import { largest } from "../lookup.ts";
import { s } from "../svg.ts";
import { categoryVariable } from "../theme.ts";
import type { Bound, Ceilings, Dot } from "./model.ts";
import { BOUNDS, headroom, rateText } from "./words.ts";

/** More dots would be one blot; the table has all. */
export const MOST_DOTS = 500;
const MARGIN = { left: 58, right: 18, top: 14, bottom: 40 };
const HEIGHT = 330;
const LABELLED = 5;
export const BOUND_COLOURS: Readonly<Record<Bound, string>> = {
  memory: categoryVariable("reduction"),
  cache: categoryVariable("movement"),
  compute: categoryVariable("contraction"),
};
export interface RoofChart {
  readonly element: HTMLElement;
  /** Which kernel is chosen, and which are touched by what is chosen. */
  mark(chosen: string | null, related: ReadonlySet<string>): void;
  dispose(): void;
}
export interface RoofOptions {
  readonly dots: readonly Dot[];
  readonly ceilings: Ceilings | undefined;
  readonly choose: (d: Dot) => void;
  readonly open: (d: Dot) => void;
}
export function roofChart(o: RoofOptions): RoofChart {
  const dots = o.dots.filter((d) => d.intensity > 0 && d.flops > 0).slice(0, MOST_DOTS);
  const element = h("div", { class: "roofline" });
  let circles: SVGCircleElement[] = [];
  let chosen: string | null = null;
  let related: ReadonlySet<string> = new Set();
  const markAll = (): void =>
    dots.forEach((d, i) => {
      const c = circles[i];
      if (!c) return;
      const on = d.kernel.id === chosen;
      c.classList.toggle("chosen", on);
      c.classList.toggle("related", related.has(d.kernel.id));
      c.setAttribute("aria-pressed", String(on));
      c.setAttribute("tabindex", on || (i === 0 && !dots.some((x) => x.kernel.id === chosen)) ? "0" : "-1");
    });
  function walk(e: KeyboardEvent, i: number): void {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
    if (e.key === "Enter") return o.open(dots[i]!);
    const next = e.key === "Home" ? 0 : e.key === "End" ? dots.length - 1 : step === undefined ? -1 : i + step;
    if (e.key === " ") o.choose(dots[i]!);
    if (e.key === " " || next >= 0) e.preventDefault();
    const to = dots[next];
    if (!to) return;
    o.choose(to);
    circles[next]!.focus();
  }
  function paint(): void {
    const width = Math.max(260, element.clientWidth);
    const focused = circles.indexOf(document.activeElement as SVGCircleElement);
    const { x, y } = scales(dots, o.ceilings, width);
    const total = dots.reduce((sum, d) => sum + d.ms, 0) || 1;
    const most = largest(dots, (d) => d.ms, 1e-12);
    const radius = (d: Dot): number => 4 + 14 * Math.sqrt((d.ms / most) * Math.min(1, d.ms / total + 0.25));
    circles = dots.map((d, i) =>
      s("circle", {
        class: `dot ${d.isShort ? "short" : (d.roof?.bound ?? "none")}`,
        cx: x(d.intensity),
        cy: y(d.flops),
        r: radius(d),
        role: "button",
        "aria-label": `${d.kernel.label}: ${headroom(d)}`,
        "data-kernel": d.kernel.id,
        onclick: () => o.choose(d),
        ondblclick: () => o.open(d),
        onkeydown: (e: KeyboardEvent) => walk(e, i),
      }),
    );
    circles.forEach((c, i) => c.append(s("title", {}, `${dots[i]!.kernel.label}\n${headroom(dots[i]!)}`)));
    const svg = s(
      "svg",
      {
        width,
        height: HEIGHT,
        role: "group",
        "aria-label": t("Roofline: {0} kernels, the longest first. Arrow keys walk, Enter goes to the line.", dots.length),
      },
      axes(x, y, width),
      roofs(o.ceilings, dots, x, y, width),
      // The small ones lie on the large ones.
      ...circles,
      labels(dots, x, y, radius, width),
    );
    element.replaceChildren(svg);
    markAll();
    if (focused >= 0) circles[focused]?.focus();
  }
  const resized = new ResizeObserver(paint);
  resized.observe(element);
  return {
    element,
    mark(c, r) {
      chosen = c;
      related = r;
      markAll();
    },
    dispose: () => resized.disconnect(),
  };
}
type Log = ReturnType<typeof scaleLog<number, number>>;
function scales(dots: readonly Dot[], c: Ceilings | undefined, width: number): { readonly x: Log; readonly y: Log } {
  const peak = largest(Object.values(c?.flops ?? {}), (v) => v, 0);
  const ridge = c?.bandwidth && peak ? peak / c.bandwidth : 1;
  let [left, low] = [Math.min(0.1, ridge), Infinity];
  for (const d of dots) {
    left = Math.min(left, d.intensity);
    low = Math.min(low, d.flops);
  }
  const right = largest(dots, (d) => d.intensity, 4 * ridge);
  const high = largest(dots, (d) => d.flops, peak);
  const bottom = Number.isFinite(low) ? low : high / 1000 || 0.01;
  return {
    x: scaleLog()
      .domain([left / 2, right * 2])
      .range([MARGIN.left, width - MARGIN.right]),
    y: scaleLog()
      .domain([bottom / 3, (high || 1) * 2])
      .range([HEIGHT - MARGIN.bottom, MARGIN.top]),
  };
}
function decades([from, to]: readonly [number, number]): number[] {
  const first = Math.ceil(Math.log10(from));
  return Array.from({ length: Math.max(0, Math.floor(Math.log10(to)) - first + 1) }, (_v, i) => 10 ** (first + i));
}
function axes(x: Log, y: Log, width: number): SVGGElement {
  const bottom = HEIGHT - MARGIN.bottom;
  const right = width - MARGIN.right;
  const domain = (scale: Log): [number, number] => [scale.domain()[0]!, scale.domain()[1]!];
  const text = (v: number): string => (v >= 1 ? String(v) : v.toFixed(Math.round(-Math.log10(v))));
  return s(
    "g",
    { class: "axes", "aria-hidden": "true" },
    ...decades(domain(x)).flatMap((v) => [
      s("line", { x1: x(v), x2: x(v), y1: MARGIN.top, y2: bottom, class: "grid" }),
      s("text", { x: x(v), y: bottom + 15, "text-anchor": "middle" }, text(v)),
    ]),
    ...decades(domain(y)).flatMap((v) => [
      s("line", { x1: MARGIN.left, x2: right, y1: y(v), y2: y(v), class: "grid" }),
      s("text", { x: MARGIN.left - 6, y: y(v) + 4, "text-anchor": "end" }, text(v)),
    ]),
    s("text", { x: right, y: HEIGHT - 6, "text-anchor": "end" }, t("operations per byte moved")),
    s("text", { x: 14, y: MARGIN.top, "text-anchor": "end", transform: `rotate(-90 14 ${MARGIN.top})` }, t("GFLOP/s")),
  );
}
/** Pixels that the name of a roof takes at most. */
const NAME_WIDTH = 110;
function roofs(c: Ceilings | undefined, dots: readonly Dot[], x: Log, y: Log, width: number): SVGGElement {
  const used = new Set(dots.map((d) => d.dtype));
  const peaks = Object.entries(c?.flops ?? {}).filter(([dtype]) => used.has(dtype));
  const top = largest(peaks, ([, v]) => v, 0) || y.domain()[1]!;
  const [from, to] = [x.domain()[0]!, x.domain()[1]!];
  const slope = (name: string, rate: number): SVGElement[] => {
    const end = Math.min(to, top / rate);
    const start = Math.max(from, y.domain()[0]! / rate);
    if (start >= end) return [];
    const [x1, y1, x2, y2] = [x(start), y(start * rate), x(end), y(end * rate)];
    const angle = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
    const middle = [x1 + 0.3 * (x2 - x1), y1 + 0.3 * (y2 - y1)] as const;
    return [
      s("line", { class: "roof", x1, y1, x2, y2 }),
      s(
        "text",
        { x: middle[0], y: middle[1] - 6, "text-anchor": "middle", transform: `rotate(${angle} ${middle[0]} ${middle[1]})` },
        `${name} ${t("{0} GB/s", rateText(rate))}`,
      ),
    ];
  };
  const flat = ([dtype, rate]: readonly [string, number]): SVGElement[] => {
    const start = x(Math.max(from, Math.min(to, rate / (c?.cache ?? c?.bandwidth ?? rate))));
    // Its name stands where it begins: kernels that reach it lie towards its end.
    const name = { x: Math.min(start + 8, width - MARGIN.right - NAME_WIDTH), y: y(rate) - 5, "text-anchor": "start" };
    return [
      s("line", { class: "roof", x1: start, x2: width - MARGIN.right, y1: y(rate), y2: y(rate) }),
      s("text", name, `${dtype} ${t("{0} GFLOP/s", rateText(rate))}`),
    ];
  };
  return s(
    "g",
    { class: "roofs", "aria-hidden": "true" },
    ...(c?.bandwidth ? slope(BOUNDS.memory(), c.bandwidth) : []),
    ...(c?.cache ? slope(BOUNDS.cache(), c.cache) : []),
    ...peaks.flatMap(flat),
  );
}
/** Names of the dots that take longest, where they do not lie on one another. */
function labels(dots: readonly Dot[], x: Log, y: Log, radius: (d: Dot) => number, width: number): SVGGElement {
  const taken: (readonly [number, number])[] = [];
  const shown: SVGElement[] = [];
  for (const d of dots.slice(0, LABELLED)) {
    const at = [x(d.intensity), y(d.flops)] as const;
    if (taken.some(([a, b]) => Math.abs(a - at[0]) < 160 && Math.abs(b - at[1]) < 22)) continue;
    taken.push(at);
    const isLeft = at[0] > width * 0.6;
    const label = d.kernel.label.length > 34 ? `${d.kernel.label.slice(0, 33)}…` : d.kernel.label;
    shown.push(
      s("text", { class: "name", x: at[0] + (isLeft ? -1 : 1) * (radius(d) + 5), y: at[1] + 4, "text-anchor": isLeft ? "end" : "start" }, label),
    );
  }
  return s("g", { "aria-hidden": "true" }, ...shown);
}
