// What a page is told, in the order that it can use it. A page that is hidden, or that is to wait, is told nothing: of each kind the last message is kept, and
// delivered when the page is looked at. So a hidden page draws nothing and renders no report that nobody sees.
import type { ToView } from "../views/messages.ts";

/** A report makes what was said about the one before it void. */
const PLACE: Readonly<Record<ToView["type"], number>> = { report: 0, diff: 1, edit: 2, status: 3, cursor: 4, select: 5 };
const VOID: ReadonlySet<ToView["type"]> = new Set(["diff", "edit", "status", "select"]);
export class Mailbox {
  readonly #kept = new Map<ToView["type"], ToView>();
  #open = false;
  /** The page shows that something is under way, which moves. */
  #busy: Extract<ToView, { type: "status" }> | null = null;
  constructor(private readonly deliver: (m: ToView) => void) {}
  get isOpen(): boolean {
    return this.#open;
  }
  send(m: ToView): void {
    if (!this.#open) {
      if (m.type === "report") for (const type of VOID) this.#kept.delete(type);
      this.#kept.set(m.type, m);
      return;
    }
    this.#deliver(m);
  }
  /** The page is looked at: it gets what was kept. */
  open(): void {
    if (this.#open) return;
    this.#open = true;
    const kept = [...this.#kept.values()].sort((a, b) => PLACE[a.type] - PLACE[b.type]);
    this.#kept.clear();
    for (const m of kept) this.#deliver(m);
  }
  /** The page is hidden: what moves in it stands still until it is looked at again. */
  close(): void {
    if (!this.#open) return;
    const moving = this.#busy;
    if (moving) this.#deliver({ ...moving, busy: false });
    this.#open = false;
    if (moving) this.#kept.set("status", moving);
  }
  #deliver(m: ToView): void {
    if (m.type === "status") this.#busy = m.busy ? m : null;
    else if (m.type === "report") this.#busy = null;
    this.deliver(m);
  }
}
