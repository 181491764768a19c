// Runs the layout in a worker made from embedded code; where workers are refused, on the page itself.
import { embedded } from "../bridge.ts";
import { type Layout, type LayoutRequest, layout } from "./layout.ts";

let worker: Worker | null | undefined;
function start(): Worker | null {
  if (worker !== undefined) return worker;
  try {
    const code = embedded<string>("worker");
    worker = code ? new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" }))) : null;
  } catch {
    worker = null;
  }
  return worker;
}
const SMALL = 300;
export function runLayout(request: LayoutRequest): Promise<Layout> {
  const w = request.nodes.length > SMALL ? start() : null;
  if (!w) return Promise.resolve(layout(request));
  return new Promise((resolve) => {
    w.onmessage = (e: MessageEvent<{ nodes: [string, never][]; groups: [string, never][]; width: number; height: number }>) =>
      resolve({ ...e.data, nodes: new Map(e.data.nodes), groups: new Map(e.data.groups) });
    w.onerror = () => {
      worker = null;
      resolve(layout(request));
    };
    w.postMessage(request);
  });
}
