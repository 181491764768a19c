// What a file prints, on its way to the editor's log: everything up to a limit, then its end. A file that prints for ever fills neither the log nor memory.
const SHOWN = 4 * 2 ** 20,
  TAIL = 64 * 2 ** 10;

export class OutputLimit {
  #passed = 0;
  #left = 0;
  #tail = "";
  constructor(
    private readonly pass: (text: string) => void | Promise<void>,
    private readonly limit = SHOWN,
    private readonly keep = TAIL,
  ) {}
  push(text: string): void | Promise<void> {
    const room = Math.max(0, this.limit - this.#passed);
    this.#passed += text.length;
    if (text.length <= room) return this.pass(text);
    const rest = text.slice(room);
    this.#left += rest.length;
    this.#tail = (this.#tail + rest).slice(-this.keep);
    if (room > 0) return this.pass(`${text.slice(0, room)}\n… the file prints more than ${this.limit / 2 ** 20} MiB: its end follows when it ends\n`);
  }
  end(): void {
    if (this.#left > 0) void this.pass(`… ${this.#left - this.#tail.length} characters are left out …\n${this.#tail}`);
  }
}
