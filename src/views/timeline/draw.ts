// Paints the timeline on a canvas. What is narrower than a pixel is added up: a pixel's colour is as strong as the time in it is busy, so that 200,000 spans
// paint as fast as the canvas is wide.
import type { Kernel, Span } from "../../engine/report/types.ts";
import { bytes } from "../format.ts";
import { t } from "../l10n.ts";
import { categoryVariable } from "../theme.ts";
import { scaleOf, ticksOf } from "./axis.ts";
import { type Held, heldIn } from "./held.ts";
import { type At, type Range, type Row, type Timeline, type TimelineTrack, busyIn, firstAfter } from "./model.ts";

export const RULER = 24;
export const ROW = 24;
const BAR = 19;
const GAP = 8;
const MEMORY = 64;
/** No label in less room than this, and none smaller than this. */
const LABEL_ROOM = 44;
const FONT = "11px system-ui, sans-serif";
/** What a kind of kernel is coloured as. */
const KERNEL_COLOURS: Readonly<Record<string, string>> = {
  matmul: categoryVariable("contraction"),
  reduce: categoryVariable("reduction"),
  cumulative: categoryVariable("reduction"),
  region: categoryVariable("movement"),
  library: categoryVariable("library"),
  callback: categoryVariable("callback"),
};
const TRACK_COLOURS: Readonly<Record<TimelineTrack["kind"], string>> = {
  run: categoryVariable("control"),
  kernels: categoryVariable("elementwise"),
  compile: categoryVariable("collective"),
  host: categoryVariable("input"),
  transfer: categoryVariable("movement"),
};
export interface Scene {
  readonly timeline: Timeline;
  readonly held: Held | null;
  readonly shown: Range;
  readonly range: Range | null;
  readonly at: At | null;
  readonly related: ReadonlySet<string>;
  readonly left: number;
  readonly width: number;
  readonly kernelOf: (s: Span) => Kernel | undefined;
  readonly nameOf: (s: Span) => string;
  readonly memoryName: string;
}
export interface Place {
  readonly track: number;
  readonly row: number;
  readonly y: number;
}
/** Where each row stands, and how high all is. */
export function arrange(
  t: Timeline,
  hasMemory: boolean,
): { readonly rows: readonly Place[]; readonly memory: number | null; readonly height: number } {
  let y = RULER + 4;
  const rows: Place[] = [];
  t.tracks.forEach((track, i) => {
    track.rows.forEach((_row, row) => {
      rows.push({ track: i, row, y });
      y += ROW;
    });
    y += GAP;
  });
  const memory = hasMemory ? y : null;
  return { rows, memory, height: y + (hasMemory ? MEMORY + GAP : 0) };
}
export function paint(canvas: HTMLCanvasElement, s: Scene): void {
  const { width, left, shown } = s;
  const { rows, memory, height } = arrange(s.timeline, s.held !== null);
  const ratio = window.devicePixelRatio || 1;
  const device = [Math.round(width * ratio), Math.round(height * ratio)] as const;
  if (canvas.width !== device[0] || canvas.height !== device[1]) {
    [canvas.width, canvas.height] = device;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext("2d")!;
  const colour = palette(canvas);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = FONT;
  context.textBaseline = "middle";
  const x = scaleOf(shown, left, width - 8);
  paintAxis(context, s, x, height, colour);
  const painter: Painter = { context, colour, x, scene: s, right: width };
  for (const p of rows) {
    const track = s.timeline.tracks[p.track]!;
    if (p.row === 0) {
      context.fillStyle = colour("--text");
      fitted(context, track.name, 8, p.y + BAR / 2, left - 14);
    }
    clipped(context, left, p.y - 2, width - left, ROW, () => paintRow(painter, track.rows[p.row]!, track, p));
  }
  if (memory !== null && s.held) paintMemory(painter, s.held, memory);
  if (s.range) paintRange(context, s.range, x, left, height, colour);
}
type Colour = (variable: string) => string;
interface Painter {
  readonly context: CanvasRenderingContext2D;
  readonly colour: Colour;
  readonly x: ReturnType<typeof scaleOf>;
  readonly scene: Scene;
  readonly right: number;
}
function palette(canvas: HTMLCanvasElement): Colour {
  const style = getComputedStyle(canvas);
  const known = new Map<string, string>();
  return (variable) => {
    let value = known.get(variable);
    if (value === undefined) known.set(variable, (value = style.getPropertyValue(variable).trim() || "#888"));
    return value;
  };
}
function clipped(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number, draw: () => void): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  draw();
  context.restore();
}
function paintAxis(context: CanvasRenderingContext2D, s: Scene, x: Painter["x"], height: number, colour: Colour): void {
  const { ticks, base } = ticksOf(s.shown, Math.floor((s.width - s.left) / 90));
  context.fillStyle = colour("--muted");
  context.strokeStyle = colour("--line");
  context.lineWidth = 1;
  if (base !== null) fitted(context, t("from {0}", base), 8, RULER / 2 - 2, s.left - 14);
  context.textAlign = "center";
  for (const { at, text } of ticks) {
    const px = Math.round(x(at)) + 0.5;
    if (px < s.left || px > s.width) continue;
    context.globalAlpha = 0.5;
    context.beginPath();
    context.moveTo(px, RULER - 5);
    context.lineTo(px, height);
    context.stroke();
    context.globalAlpha = 1;
    const half = context.measureText(text).width / 2;
    if (px - half > s.left && px + half < s.width) context.fillText(text, px, RULER / 2 - 2);
  }
  context.textAlign = "left";
  context.beginPath();
  context.moveTo(s.left, RULER - 0.5);
  context.lineTo(s.width, RULER - 0.5);
  context.stroke();
}
function paintRow(p: Painter, row: Row, track: TimelineTrack, place: Place): void {
  const { context, scene, x } = p;
  const { from, to } = scene.shown;
  let i = firstAfter(row, from);
  while (i < row.spans.length && row.start[i]! < to) {
    const left = x(row.start[i]!);
    const right = x(row.end[i]!);
    const isChosen = scene.at?.track === place.track && scene.at.row === place.row && scene.at.span === i;
    if (right - left >= 1 || isChosen) {
      paintSpan(p, row.spans[i]!, track, place.y, left, Math.max(right, left + 2), isChosen);
      i++;
      continue;
    }
    // All spans that begin in this pixel are one mark.
    const pixel = Math.max(scene.left, Math.floor(left));
    const start = Math.max(from, x.invert(pixel));
    const end = x.invert(pixel + 1);
    const busy = Math.min(1, busyIn(row, start, end) / (end - start));
    context.globalAlpha = 0.3 + 0.7 * busy;
    const marked = isRelated(scene, row, i, end);
    context.fillStyle = marked ? p.colour("--focus") : colourOf(p, row.spans[i]!, track);
    context.fillRect(pixel, place.y, 1, BAR);
    context.globalAlpha = 1;
    // Where the chosen one is among them, it is painted by itself.
    const next = Math.max(i + 1, firstAfter(row, end));
    const own = scene.at?.track === place.track && scene.at.row === place.row ? scene.at.span : -1;
    i = own > i && own < next ? own : next;
  }
}
function isRelated({ related }: Scene, row: Row, i: number, end: number): boolean {
  if (!related.size) return false;
  for (let k = i, looked = 0; looked < 16 && k < row.spans.length && row.start[k]! < end; k++, looked++) {
    const { kernel } = row.spans[k]!;
    if (kernel !== undefined && related.has(kernel)) return true;
  }
  return false;
}
function colourOf(p: Painter, span: Span, track: TimelineTrack): string {
  const kernel = p.scene.kernelOf(span);
  return p.colour((kernel && KERNEL_COLOURS[kernel.kind]) ?? TRACK_COLOURS[track.kind]);
}
function paintSpan(p: Painter, span: Span, track: TimelineTrack, y: number, from: number, to: number, isChosen: boolean): void {
  const { context, colour, scene } = p;
  const isMarked = span.kernel !== undefined && scene.related.has(span.kernel);
  const left = Math.max(from, scene.left - 2);
  const right = Math.min(to, p.right + 2);
  // Neighbours are told apart by a gap.
  const width = Math.max(1, right - left - (right - left > 3 ? 1 : 0));
  context.globalAlpha = scene.related.size && !isMarked && track.kind === "kernels" ? 0.45 : 1;
  context.fillStyle = colourOf(p, span, track);
  context.fillRect(left, y, width, BAR);
  context.globalAlpha = 1;
  if (isChosen || isMarked) {
    context.strokeStyle = colour(isChosen ? "--text" : "--focus");
    context.lineWidth = 2;
    context.strokeRect(left + 1, y + 1, Math.max(1, width - 2), BAR - 2);
  }
  const start = Math.max(left, scene.left);
  const room = Math.min(right, p.right) - start - 8;
  if (room < LABEL_ROOM) return;
  // A translucent bar needs the text of the page.
  context.fillStyle = colour(scene.related.size && !isMarked && track.kind === "kernels" ? "--text" : "--page");
  fitted(context, scene.nameOf(span), start + 4, y + BAR / 2 + 0.5, room);
}
function paintMemory(p: Painter, held: Held, top: number): void {
  const { context, colour, scene, x } = p;
  const { left, width, shown } = scene;
  context.fillStyle = colour("--text");
  fitted(context, scene.memoryName, 8, top + 8, left - 14);
  context.fillStyle = colour("--muted");
  fitted(context, bytes(held.most), 8, top + 24, left - 14);
  fitted(context, "0", 8, top + MEMORY - 6, left - 14);
  context.strokeStyle = colour("--line");
  context.strokeRect(left + 0.5, top + 0.5, width - left - 9, MEMORY - 1);
  context.fillStyle = colour(categoryVariable("library"));
  context.globalAlpha = 0.75;
  const last = Math.min(width - 8, x(held.row.end.at(-1) ?? 0));
  for (let px = Math.max(left, Math.floor(x(Math.max(shown.from, held.row.start[0]!)))); px < last; px++) {
    const most = heldIn(held, x.invert(px), x.invert(px + 1));
    const height = (most / held.most) * (MEMORY - 2);
    context.fillRect(px, top + MEMORY - 1 - height, 1, height);
  }
  context.globalAlpha = 1;
}
function paintRange(context: CanvasRenderingContext2D, range: Range, x: Painter["x"], left: number, height: number, colour: Colour): void {
  const from = Math.max(left, x(range.from));
  const to = Math.max(from, x(range.to));
  context.fillStyle = colour("--focus");
  context.globalAlpha = 0.16;
  context.fillRect(from, 0, to - from, height);
  context.globalAlpha = 1;
  context.strokeStyle = colour("--focus");
  context.lineWidth = 1;
  for (const px of [from, to]) {
    context.beginPath();
    context.moveTo(Math.round(px) + 0.5, 0);
    context.lineTo(Math.round(px) + 0.5, height);
    context.stroke();
  }
}
/** Text that is shortened where it would not fit. */
export function fitted(context: CanvasRenderingContext2D, text: string, x: number, y: number, room: number): void {
  const width = context.measureText(text).width;
  if (width <= room) return context.fillText(text, x, y);
  let n = Math.floor((text.length * room) / width);
  while (n > 0 && context.measureText(`${text.slice(0, n)}…`).width > room) n--;
  if (n >= 3) context.fillText(`${text.slice(0, n)}…`, x, y);
}
