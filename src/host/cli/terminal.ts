// What the command line writes to: results to stdout, everything else to stderr. Progress is shown only to a person at a terminal.
import pc from "picocolors";
import { flat } from "../../engine/report/exporters/text.ts";

/** NO_COLOR and FORCE_COLOR decide, else whether a person reads. */
function colorsFor(stream: { readonly isTTY?: boolean }): ReturnType<typeof pc.createColors> {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  const wanted = NO_COLOR ? false : FORCE_COLOR ? FORCE_COLOR !== "0" : stream.isTTY === true && TERM !== "dumb";
  return pc.createColors(wanted);
}
/**
 * Text of others (names in a profile, messages of a program) as a terminal may show it: what would move the cursor, set colours or turn the direction of writing
 * around is shown as its code.
 */
export const printable = (text: string): string =>
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (c) =>
    c === "\r" ? "" : `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
/** The same, on one line: no line of the output can be a stranger's. */
export const oneLine = (text: string): string => printable(flat(text));
export class Terminal {
  readonly out = colorsFor(process.stdout);
  readonly err = colorsFor(process.stderr);
  readonly readsResults = process.stdout.isTTY === true;
  readonly #showsProgress = process.stderr.isTTY === true;
  #line = false;
  constructor(public quiet = false) {}

  /** A result. Resolves when it is written: an exit right after it cuts nothing off. */
  print(text: string | Uint8Array): Promise<void> {
    this.clear();
    return new Promise((resolve) => process.stdout.write(text, () => resolve()));
  }
  /** A text for people. */
  text(text: string): Promise<void> {
    return this.print(printable(text));
  }
  json(value: unknown): Promise<void> {
    return this.print(`${JSON.stringify(value, null, this.readsResults ? 2 : undefined)}\n`);
  }
  error(text: string): Promise<void> {
    this.clear();
    return new Promise((resolve) => process.stderr.write(`${text}\n`, () => resolve()));
  }
  note(text: string): void {
    if (!this.quiet) void this.error(this.err.dim(oneLine(text)));
  }
  /** What the person's file prints; waits for a reader that is slower than it. */
  fileOutput(text: string): void | Promise<void> {
    if (this.quiet) return;
    this.clear();
    return process.stderr.write(text) ? undefined : new Promise((resolve) => process.stderr.once("drain", () => resolve()));
  }
  progress(message: string): void {
    if (!this.#showsProgress || this.quiet) return;
    const width = (process.stderr.columns || 80) - 1;
    process.stderr.write(`\r\x1b[2K${this.err.dim(oneLine(message).slice(0, width))}`);
    this.#line = true;
  }
  clear(): void {
    if (!this.#line) return;
    this.#line = false;
    process.stderr.write("\r\x1b[2K");
  }
}
