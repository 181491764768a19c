// Layout runs here, off the page's thread.
import { type LayoutRequest, layout } from "./layout.ts";
self.onmessage = (e: MessageEvent<LayoutRequest>): void => {
  const l = layout(e.data);
  (self as unknown as { postMessage(m: unknown): void }).postMessage({
    nodes: [...l.nodes],
    groups: [...l.groups],
    width: l.width,
    height: l.height,
  });
};
