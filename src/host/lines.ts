// JSON lines from a runner's channel: pieces become lines, and only lines with the run's token count.
export type Line = { readonly ok: true; readonly value: unknown } | { readonly ok: false };

/** Gives each message that carries the token. A line over the limit ends the reading: `tooLong` is called once. */
export class LineReader {
  #parts: Buffer[] = [];
  #bytes = 0;
  #stopped = false;
  constructor(
    private readonly token: string,
    private readonly message: (m: unknown) => void,
    private readonly tooLong: () => void,
    private readonly longest = 512 * 2 ** 20,
  ) {}
  push(piece: Buffer): void {
    if (this.#stopped) return;
    let from = 0;
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, from)) {
      this.#parts.push(piece.subarray(from, end));
      const line = Buffer.concat(this.#parts);
      this.#parts = [];
      this.#bytes = 0;
      from = end + 1;
      this.#line(line);
    }
    this.#parts.push(piece.subarray(from));
    this.#bytes += piece.length - from;
    if (this.#bytes > this.longest) {
      this.#stopped = true;
      this.#parts = [];
      this.tooLong();
    }
  }
  #line(line: Buffer): void {
    let m: unknown;
    try {
      m = JSON.parse(line.toString("utf8"));
    } catch {
      return; // user code that wrote to the pipe
    }
    if (typeof m === "object" && m !== null && (m as { token?: unknown }).token === this.token) this.message(m);
  }
}
