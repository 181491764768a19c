// Layout runs here, off the page's thread. An answer carries its question's number.
import { type LayoutRequest, layout } from "../../engine/report/drawing/layout.ts";

self.onmessage = (e: MessageEvent<{ readonly id: number; readonly request: LayoutRequest }>): void => {
  const made = layout(e.data.request);
  const buffers = [made.x, made.y, made.width, made.height, made.start, made.points].map((a) => a.buffer as ArrayBuffer);
  (self as unknown as { postMessage(m: unknown, transfer: ArrayBuffer[]): void }).postMessage({ id: e.data.id, layout: made }, buffers);
};
