// Looks at the framing of what comes in before the message library does: after a broken header it would wait for ever. Whoever speaks nonsense here is
// not the extension, or out of step with it; the host ends then, and is started again.
const LONGEST_HEADER = 4096,
  LONGEST_MESSAGE = 512 * 2 ** 20,
  SEPARATOR = "\r\n\r\n";

/** A checker of `Content-Length: n` framing: `push` gives what is wrong with the stream, or null. */
export class FrameCheck {
  #header = "";
  #left = 0;
  push(piece: Uint8Array): string | null {
    let at = 0;
    while (at < piece.length) {
      if (this.#left > 0) {
        const n = Math.min(this.#left, piece.length - at);
        this.#left -= n;
        at += n;
        continue;
      }
      // Headers are ASCII; a byte at a time is enough for so few.
      this.#header += String.fromCharCode(piece[at++]!);
      if (this.#header.endsWith(SEPARATOR)) {
        const wrong = this.#read(this.#header);
        if (wrong) return wrong;
        this.#header = "";
      } else if (this.#header.length > LONGEST_HEADER) return "a header without an end";
      else if (!/^content-/i.test(this.#header.slice(0, 8).padEnd(8, "content-".slice(this.#header.length)))) return "no header";
    }
    return null;
  }
  #read(header: string): string | null {
    const length = /^content-length: *(\d{1,12})$/im.exec(header.replaceAll("\r", ""))?.[1];
    if (length === undefined) return "a header without a length";
    this.#left = Number(length);
    return this.#left === 0 || this.#left > LONGEST_MESSAGE ? `a message of ${length} bytes` : null;
  }
}
