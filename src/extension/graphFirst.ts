// The graph goes first. All pages, the workbench and the editor share one thread: what the profile's page does while the graph is awaited, the person waits
// for. So from a click to its graph the others stand back, and they come after it, or when it does not come.
/** Longer than this nobody stands back: a file may run for minutes before its first call. */
const PATIENCE_MS = 5000;
export class GraphFirst {
  readonly #waiting = new Set<() => void>();
  #held = false;
  #timer: NodeJS.Timeout | undefined;
  constructor(private readonly patience = PATIENCE_MS) {}
  /** A click: the graph is awaited. */
  hold(): void {
    clearTimeout(this.#timer);
    this.#held = true;
    this.#timer = setTimeout(() => this.release(), this.patience);
    this.#timer.unref();
  }
  /** The graph is painted, or the click came to nothing. */
  release(): void {
    clearTimeout(this.#timer);
    this.#held = false;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const go of waiting) go();
  }
  /** Calls once no graph is awaited; at once if none is. Gives what takes it back. */
  then(go: () => void): () => void {
    if (!this.#held) {
      go();
      return () => {};
    }
    this.#waiting.add(go);
    return () => void this.#waiting.delete(go);
  }
}
