// Where the graph stands on the canvas: zoom, pan, fit; and what happens to it when the canvas changes its size.
import { select, zoom, zoomIdentity, type ZoomTransform } from "d3";
import type { Box, Layout } from "./layout.ts";

const LEAST = 0.02;
const MOST = 4;
/** At first a size that can be read. */
const READABLE = 0.55;

/** The scale at which a layout fills a canvas, and how far out one may zoom so that it can. */
export function fitScale(layout: { readonly width: number; readonly height: number }, width: number, height: number): number {
  return Math.min(1.2, 0.94 * Math.min(width / Math.max(1, layout.width), height / Math.max(1, layout.height)));
}
export interface CameraControl {
  readonly transform: () => ZoomTransform;
  setLayout(l: Layout | null): void;
  /** From the top, at a readable size. */
  start(): void;
  fit(): void;
  by(factor: number): void;
  centre(b: Box): void;
  /** The canvas has another size: what was in the middle stays there; what was fitted is fitted again. */
  resized(): void;
}
export function camera(canvas: HTMLCanvasElement, size: () => readonly [width: number, height: number], changed: () => void): CameraControl {
  let transform = zoomIdentity;
  let layout: Layout | null = null;
  let last: readonly [number, number] = [0, 0];
  /** What placed the camera last, as long as the person has not moved it. */
  let placed: "start" | "fit" | null = "start";
  let moving = false;
  const behaviour = zoom<HTMLCanvasElement, unknown>()
    .scaleExtent([LEAST, MOST])
    .on("zoom", (e: { transform: ZoomTransform }) => {
      transform = e.transform;
      if (!moving) placed = null;
      changed();
    });
  const selection = select<HTMLCanvasElement, unknown>(canvas).call(behaviour).on("dblclick.zoom", null);
  const put = (x: number, y: number, k: number): void => {
    moving = true;
    selection.call(behaviour.transform, zoomIdentity.translate(x, y).scale(k));
    moving = false;
  };
  const fit = (): void => {
    if (!layout) return;
    const [width, height] = size();
    if (!width || !height) return;
    const k = fitScale(layout, width, height);
    behaviour.scaleExtent([Math.min(LEAST, k), MOST]);
    put((width - layout.width * k) / 2, Math.max(8, (height - layout.height * k) / 2), k);
    placed = "fit";
  };
  const start = (): void => {
    if (!layout) return;
    const [width, height] = size();
    if (!width || !height) return;
    behaviour.scaleExtent([Math.min(LEAST, fitScale(layout, width, height)), MOST]);
    const k = Math.max(READABLE, Math.min(1, (0.94 * width) / Math.max(1, layout.width)));
    put((width - layout.width * k) / 2, 16, k);
    placed = "start";
  };
  return {
    transform: () => transform,
    setLayout(l) {
      layout = l;
    },
    start,
    fit,
    by: (factor) => void selection.call(behaviour.scaleBy, factor),
    centre(b) {
      const [width, height] = size();
      const k = Math.max(transform.k, 0.8);
      put(width / 2 - (b.x + b.width / 2) * k, height / 2 - (b.y + b.height / 2) * k, k);
      placed = null;
    },
    resized() {
      const [width, height] = size();
      const [before, beforeHeight] = last;
      last = [width, height];
      if (!layout || !width || !height || (before === width && beforeHeight === height)) return;
      if (placed === "start" || !before) return start();
      if (placed === "fit") return fit();
      put(transform.x + (width - before) / 2, transform.y + (height - beforeHeight) / 2, transform.k);
      placed = null;
    },
  };
}
