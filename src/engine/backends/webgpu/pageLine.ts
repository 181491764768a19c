// The line in a browser: a worker. Messages do not reach a thread that sleeps there, so what it waits for comes through shared memory, piece by piece. A page's
// own thread must not sleep, and pages that are not isolated have no shared memory: there the line has no mailbox, and everything is answered later.
import type { Gpu } from "./gpu.ts";
import type { Line, Listener } from "./line.ts";
import type { Reply } from "./messages.ts";
import { type Surroundings, gpuThread } from "./worker.ts";

/** The mailbox: three words (below), then the piece that is under way. */
const PIECE = 1 << 20;
const WORDS = 12;
interface WorkerOfPage {
  postMessage(message: unknown, move?: readonly unknown[]): void;
  onmessage: ((e: { readonly data: Reply }) => void) | null;
  onerror: ((e: { readonly message?: string }) => void) | null;
}
interface Page {
  readonly navigator?: { readonly gpu?: Gpu };
  readonly Worker?: new (url: string) => WorkerOfPage;
  readonly Blob?: new (parts: readonly string[], o: object) => object;
  readonly URL?: { createObjectURL(b: object): string; revokeObjectURL(u: string): void };
  readonly crossOriginIsolated?: boolean;
  readonly document?: object;
}
const page = (): Page => globalThis as unknown as Page;
/** Whether there is a browser's WebGPU here. */
export const hasPageGpu = (): boolean => page().navigator?.gpu !== undefined && page().Worker !== undefined;

/** What the worker stands in. As a text it is what joins `gpuThread` to a page's workers. `state`: 0 empty, 1 a piece is there. */
const inPage = (start: (s: Surroundings) => void, pieceBytes: number, wordBytes: number): void => {
  const own = globalThis as unknown as {
    onmessage: ((e: { data: unknown }) => void) | null;
    postMessage(m: unknown, move: readonly unknown[]): void;
    navigator: { gpu: Gpu };
  };
  own.onmessage = ({ data }) => {
    const { mailbox, origin } = data as { mailbox: SharedArrayBuffer | null; origin: number };
    const words = mailbox && new Int32Array(mailbox, 0, 3);
    const piece = mailbox && new Uint8Array(mailbox, wordBytes);
    /** A number of bytes of text, the text, and the binary part. */
    const asBytes = ({ data: bytes, times, ...said }: Reply): Uint8Array => {
      const body = bytes ?? (times && new Uint8Array(times.buffer, times.byteOffset, times.byteLength)) ?? new Uint8Array(0);
      const text = new TextEncoder().encode(JSON.stringify({ said, body: bytes ? "data" : times ? "times" : null }));
      const all = new Uint8Array(4 + text.length + body.length);
      new DataView(all.buffer).setUint32(0, text.length, true);
      all.set(text, 4);
      all.set(body, 4 + text.length);
      return all;
    };
    start({
      listen: (handle) => (own.onmessage = (e) => handle(e.data as Parameters<typeof handle>[0])),
      reply(r, move, asleep) {
        if (!asleep || !words || !piece) return own.postMessage(r, move);
        const all = asBytes(r);
        for (let at = 0; at < all.length; at += pieceBytes) {
          const part = all.subarray(at, at + pieceBytes);
          Atomics.wait(words, 0, 1); // the piece before was not taken yet
          piece.set(part);
          words[1] = all.length;
          words[2] = part.length;
          Atomics.store(words, 0, 1);
          Atomics.notify(words, 0);
        }
      },
      load: async () => own.navigator.gpu,
      now: () => performance.timeOrigin + performance.now() - origin,
    });
  };
};
const PROGRAM = (): string => `const __name = (f) => f; (${inPage})(${gpuThread}, ${PIECE}, ${WORDS});`;

/** The next piece of the mailbox; undefined when none came in time. */
function take(mailbox: SharedArrayBuffer, end: number): { readonly bytes: Uint8Array; readonly total: number } | undefined {
  const words = new Int32Array(mailbox, 0, 3);
  while (Atomics.load(words, 0) === 0) if (Atomics.wait(words, 0, 0, end - performance.now()) === "timed-out") return undefined;
  const bytes = new Uint8Array(mailbox, WORDS, words[2]).slice();
  const total = words[1]!;
  Atomics.store(words, 0, 0);
  Atomics.notify(words, 0);
  return { bytes, total };
}
function replyOf(all: Uint8Array): Reply {
  const length = new DataView(all.buffer).getUint32(0, true);
  // Written by `asBytes`, in the worker.
  const { said, body } = JSON.parse(new TextDecoder().decode(all.subarray(4, 4 + length))) as { said: Reply; body: "data" | "times" | null };
  const rest = all.slice(4 + length);
  return body === "data" ? { ...said, data: rest } : body === "times" ? { ...said, times: new Float64Array(rest.buffer) } : said;
}
/** Starts the GPU's worker. Null where there is no WebGPU of a browser's. */
export function pageLine(to: Listener): Line | null {
  const { Worker, Blob, URL, crossOriginIsolated, document } = page();
  if (!hasPageGpu() || !Worker || !Blob || !URL) return null;
  const url = URL.createObjectURL(new Blob([PROGRAM()], { type: "text/javascript" }));
  const worker = new Worker(url);
  const awake = document
    ? "a page's own thread must not wait: read it with await x.data(), or run the engine in a worker"
    : crossOriginIsolated
      ? null
      : "the page is not cross-origin isolated (its server does not send Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp), so no thread of it can wait: read it with await x.data()";
  const mailbox = awake === null ? new SharedArrayBuffer(WORDS + PIECE) : null;
  worker.onmessage = (e) => to.arrived(e.data);
  worker.onerror = (e) => to.ended(e.message ?? "its program could not be started");
  worker.postMessage({ mailbox, origin: performance.timeOrigin });
  return {
    awake,
    post: (m, move = []) => worker.postMessage(m, move),
    sleep(milliseconds) {
      if (!mailbox) return undefined;
      const end = performance.now() + milliseconds;
      const first = take(mailbox, end);
      if (!first) return undefined;
      const all = new Uint8Array(first.total);
      all.set(first.bytes);
      for (let at = first.bytes.length; at < all.length;) {
        const next = take(mailbox, Infinity);
        if (!next) return undefined;
        all.set(next.bytes, at);
        at += next.bytes.length;
      }
      return replyOf(all);
    },
    expect: () => {},
  };
}
