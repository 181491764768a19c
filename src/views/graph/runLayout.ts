// Runs the layout in a worker made from embedded code; small pictures, and all where workers are refused, on the page itself. A request that comes while
// another is under way takes its place: the older one gets null. So does one that the person cancels.
import { type Layout, type LayoutRequest, layout } from "../../engine/report/drawing/layout.ts";
import { embedded } from "../bridge.ts";

/** Up to this many boxes the page itself is faster than a message. */
const SMALL = 250;

export class LayoutRunner {
  #worker: Worker | null | undefined;
  #id = 0;
  #running: { readonly id: number; readonly done: (l: Layout | null) => void; readonly request: LayoutRequest } | null = null;
  run(request: LayoutRequest): Promise<Layout | null> {
    this.cancel();
    const worker = request.parent.length > SMALL ? this.#start() : null;
    if (!worker) return Promise.resolve(layout(request));
    const id = ++this.#id;
    return new Promise((done) => {
      this.#running = { id, done, request };
      worker.postMessage({ id, request });
    });
  }
  /** Ends what is running: a worker at work cannot be spoken to, so another will be started. */
  cancel(): void {
    if (!this.#running) return;
    const { done } = this.#running;
    this.#running = null;
    this.#worker?.terminate();
    this.#worker = undefined;
    done(null);
  }
  dispose(): void {
    this.cancel();
    this.#worker?.terminate();
    this.#worker = undefined;
  }
  #start(): Worker | null {
    if (this.#worker !== undefined) return this.#worker;
    try {
      const code = embedded<string>("worker");
      this.#worker = code ? startWorker(code) : null;
    } catch {
      this.#worker = null;
    }
    if (!this.#worker) return null;
    this.#worker.onmessage = (e: MessageEvent<{ id: number; layout: Layout }>) => {
      const running = this.#running;
      if (!running || running.id !== e.data.id) return;
      this.#running = null;
      running.done(e.data.layout);
    };
    this.#worker.onerror = (e) => {
      e.preventDefault();
      this.#worker = null;
      const running = this.#running;
      this.#running = null;
      running?.done(layout(running.request));
    };
    return this.#worker;
  }
}
function startWorker(code: string): Worker {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  return worker;
}
