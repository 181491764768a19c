// The runner's line to the host: JSON lines on a pipe of its own (file descriptor 3), so that a runner can be written in any language. Every line
// carries a token that the host gave in the first one, so that user code, which shares the process, cannot speak on it.
import { writeSync } from "node:fs";
import { Socket } from "node:net";
import { MessageChannel, Worker, receiveMessageOnPort } from "node:worker_threads";

const FD = 3;
interface Handle {
  setBlocking?(on: boolean): number;
  readStop?(): number;
}
export interface Channel {
  /** Returns when the host's end has the whole line: it holds also if the process ends at once. */
  send(message: object): void;
}
/** The first line from the host, and the way to answer. */
export async function openChannel(): Promise<{ readonly first: unknown; readonly channel: Channel }> {
  const socket = new Socket({ fd: FD, readable: true, writable: true });
  const gone = (): void => process.exit(1);
  socket.on("error", gone);
  const line = await new Promise<string>((resolve) => {
    let text = "";
    socket.setEncoding("utf8").on("data", (d: Buffer | string) => {
      text += String(d);
      if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
    });
    socket.on("end", gone);
  });
  // From here on the thread that watches the pipe reads it, alone: were this one to end the process first, its children would live on.
  socket
    .off("error", gone)
    .off("end", gone)
    .on("error", () => {});
  socket.pause();
  (socket as { _handle?: Handle | null })._handle?.readStop?.();
  socket.unref();
  blocking(socket);
  const write = process.platform === "win32" ? (line: string): void => void socket.write(line) : writeWhole;
  const { token, params } = JSON.parse(line) as { token: string; params: unknown };
  return { first: params, channel: { send: (message) => write(`${JSON.stringify({ token, ...message })}\n`) } };
}
/** The thread that watches the pipe makes it non-blocking for both: where it is full, the rest is tried again, and nothing is left for later. */
function writeWhole(line: string): void {
  const bytes = Buffer.from(line);
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let at = 0; at < bytes.length;)
    try {
      at += writeSync(FD, bytes, at);
    } catch (e) {
      if ((e as NodeJS.ErrnoException).code !== "EAGAIN") return; // nobody reads any more
      Atomics.wait(pause, 0, 0, 1);
    }
}
/** Writes of a stream wait until they are done: nothing is lost at the end, and memory does not fill with what was not written yet. */
export function blocking(stream: object): void {
  (stream as { _handle?: Handle | null })._handle?.setBlocking?.(true);
}
/** Lines that the host sends later, for a thread that may sleep. */
export interface Inbox {
  /** The next line; null where none is there. */
  take(): string | null;
  /** Sleeps until a line is there, or for so many milliseconds. */
  wait(milliseconds: number): void;
  /** Sleeps until the picture that was sent is seen, or for so many milliseconds. */
  waitSeen(milliseconds: number): void;
  /** Called when the first line comes, where this thread's loop turns. */
  onFirst(listener: () => void): void;
  /** How many lines have come so far. */
  readonly arrived: number;
}
/** Ends this process and its children when the host is gone, however busy the user's code is: a thread of its own reads the pipe. */
export function watchHost(folder: string, mark: string): Inbox {
  const { port1, port2 } = new MessageChannel();
  const arrived = new Int32Array(new SharedArrayBuffer(4));
  const seen = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL("./watch.mjs", import.meta.url), {
    workerData: { folder, mark, fd: FD, port: port2, arrived, seen },
    transferList: [port2],
  });
  worker.on("error", () => {});
  worker.unref();
  let taken = 0;
  return {
    take() {
      const m = receiveMessageOnPort(port1) as { message: string } | undefined;
      if (!m) return null;
      taken++;
      return m.message;
    },
    wait(milliseconds) {
      Atomics.wait(arrived, 0, taken, milliseconds);
    },
    waitSeen(milliseconds) {
      if (milliseconds > 0) Atomics.wait(seen, 0, 0, milliseconds);
    },
    onFirst(listener) {
      const poll = setInterval(() => {
        if (Atomics.load(arrived, 0) === 0) return;
        clearInterval(poll);
        listener();
      }, 50);
      poll.unref();
    },
    get arrived() {
      return Atomics.load(arrived, 0);
    },
  };
}
