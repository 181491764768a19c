// Where the picture stands on the canvas: zoom, pan, fit; and what happens to it when the canvas changes its size.
import type { Rect } from "../../engine/report/drawing/surface.ts";
import { gestures } from "./gestures.ts";

const LEAST = 0.02;
const MOST = 4;
/** Fitting keeps letters at nine pixels or more: what does not fit then is scrolled to. */
export const READABLE = 0.8;
const LARGEST_FIT = 1.15;
const MARGIN = 12;

/** The scale at which a picture fills a canvas, however small it becomes. */
export function fitScale(picture: { readonly width: number; readonly height: number }, width: number, height: number): number {
  return Math.min(LARGEST_FIT, Math.min((width - 2 * MARGIN) / Math.max(1, picture.width), (height - 2 * MARGIN) / Math.max(1, picture.height)));
}
/** The scale that fitting chooses: the whole picture where it stays readable, else its width, else what can be read. */
export function readableScale(picture: { readonly width: number; readonly height: number }, width: number, height: number): number {
  const whole = fitScale(picture, width, height);
  if (whole >= READABLE) return whole;
  return Math.max(READABLE, Math.min(1, (width - 2 * MARGIN) / Math.max(1, picture.width)));
}
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly k: number;
}
export interface CameraControl {
  readonly transform: () => Place;
  /** A point of the canvas as a point of the picture. */
  invert(x: number, y: number): readonly [number, number];
  setPicture(size: readonly [width: number, height: number]): void;
  /** From the top, at a readable size. `towards`: what stands in the middle where the picture is wider than the canvas. */
  fit(towards?: Rect): void;
  /** The whole picture, also where it cannot be read. */
  overview(): void;
  by(factor: number): void;
  pan(dx: number, dy: number): void;
  centre(r: Rect): void;
  /** Moves as little as needed to have it in view. */
  show(r: Rect): void;
  put(p: Place): void;
  /** The canvas has another size: what was in the middle stays there; what was fitted is fitted again. */
  resized(): void;
  /** Whether the person has moved it since it was fitted. */
  readonly moved: () => boolean;
  dispose(): void;
}
export function camera(canvas: HTMLCanvasElement, size: () => readonly [width: number, height: number], changed: () => void): CameraControl {
  let transform: Place = { x: 0, y: 0, k: 1 };
  let picture = { width: 1, height: 1 };
  let last: readonly [number, number] = [0, 0];
  let least = LEAST;
  let fittedTowards: Rect | undefined;
  /** What placed the camera last, as long as the person has not moved it. */
  let placed: "fit" | "overview" | null = "fit";
  const put = (x: number, y: number, k: number): void => {
    transform = { x, y, k };
    changed();
  };
  const pan = (dx: number, dy: number): void => {
    placed = null;
    put(transform.x + dx, transform.y + dy, transform.k);
  };
  const zoom = (factor: number, x: number, y: number): void => {
    const k = Math.max(least, Math.min(MOST, transform.k * factor));
    const by = k / transform.k;
    placed = null;
    put(x - (x - transform.x) * by, y - (y - transform.y) * by, k);
  };
  const end = gestures(canvas, { pan, zoom });
  const extent = (width: number, height: number): void => void (least = Math.min(LEAST, fitScale(picture, width, height)));
  const fit = (towards?: Rect): void => {
    const [width, height] = size();
    if (!width || !height) return;
    fittedTowards = towards;
    extent(width, height);
    const k = readableScale(picture, width, height);
    const fits = picture.width * k <= width;
    const middle = fits || !towards ? picture.width / 2 : towards.x + towards.width / 2;
    const x = width / 2 - middle * k;
    const tall = picture.height * k > height - 2 * MARGIN;
    put(x, tall ? MARGIN : (height - picture.height * k) / 2, k);
    placed = "fit";
  };
  const overview = (): void => {
    const [width, height] = size();
    if (!width || !height) return;
    extent(width, height);
    const k = fitScale(picture, width, height);
    put((width - picture.width * k) / 2, Math.max(MARGIN, (height - picture.height * k) / 2), k);
    placed = "overview";
  };
  return {
    transform: () => transform,
    invert: (x, y) => [(x - transform.x) / transform.k, (y - transform.y) / transform.k],
    setPicture([width, height]) {
      picture = { width, height };
      const [w, h] = size();
      if (w && h) extent(w, h);
    },
    fit,
    overview,
    by(factor) {
      const [width, height] = size();
      zoom(factor, width / 2, height / 2);
    },
    pan,
    centre(r) {
      const [width, height] = size();
      const k = Math.max(transform.k, READABLE);
      // Of what is larger than the canvas, the beginning.
      const y = Math.min(height / 2 - (r.y + r.height / 2) * k, Math.max(30 - r.y * k, height / 2 - (r.y + r.height / 2) * k));
      put(width / 2 - (r.x + r.width / 2) * k, r.height * k > height - 60 ? 30 - r.y * k : y, k);
      placed = null;
    },
    show(r) {
      const [width, height] = size();
      const { x, y, k } = transform;
      const [left, top, right, bottom] = [r.x * k + x, r.y * k + y, (r.x + r.width) * k + x, (r.y + r.height) * k + y];
      const edge = 16;
      const dx = right - left > width - 2 * edge || left < edge ? edge - left : right > width - edge ? width - edge - right : 0;
      const dy = bottom - top > height - 2 * edge || top < edge ? edge - top : bottom > height - edge ? height - edge - bottom : 0;
      if (left >= 0 && right <= width && top >= 0 && bottom <= height) return;
      put(x + (right - left > width && left < width && right > 0 ? 0 : dx), y + (bottom - top > height && top < height && bottom > 0 ? 0 : dy), k);
      placed = null;
    },
    put({ x, y, k }) {
      put(x, y, k);
      placed = null;
    },
    resized() {
      const [width, height] = size();
      const [before, beforeHeight] = last;
      last = [width, height];
      if (!width || !height || (before === width && beforeHeight === height)) return;
      if (placed === "fit") return fit(fittedTowards);
      if (placed === "overview") return overview();
      if (!before) return;
      put(transform.x + (width - before) / 2, transform.y + (height - beforeHeight) / 2, transform.k);
      placed = null;
    },
    moved: () => placed === null,
    dispose: end,
  };
}
