// Rows that are made only while they are in view: a list of 200,000 opens as fast as one of ten. Rows have one height.
export interface VirtualRows {
  /** Shows other rows. */
  reset(count: number): void;
  /** Makes the rows in view anew. */
  refresh(): void;
  scrollTo(index: number): void;
  readonly virtual: boolean;
  dispose(): void;
}
export interface VirtualOptions {
  readonly scroller: HTMLElement;
  readonly body: HTMLElement;
  readonly height: number;
  readonly render: (index: number) => HTMLElement;
  /** An element that takes as much room as rows that are not there. */
  readonly spacer: (height: number) => HTMLElement;
  /** Other rows have been made. */
  readonly made?: () => void;
}
/** Up to this many rows all are made: they may then have any height. */
export const ALL_ROWS = 300;
const MARGIN = 20;

export function virtualRows(o: VirtualOptions): VirtualRows {
  let count = 0;
  let shown: [from: number, to: number] = [0, 0];
  let frame = 0;
  const isVirtual = (): boolean => count > ALL_ROWS;
  const range = (): [number, number] => {
    if (!isVirtual()) return [0, count];
    const top = Math.max(0, o.scroller.scrollTop - offset());
    const from = Math.max(0, Math.floor(top / o.height) - MARGIN);
    const visible = Math.ceil((o.scroller.clientHeight || 600) / o.height);
    return [from, Math.min(count, from + visible + 2 * MARGIN)];
  };
  /** What stands above the rows inside the scroller. */
  const offset = (): number => Math.max(0, o.body.offsetTop - o.scroller.offsetTop);
  const paint = (): void => {
    const [from, to] = range();
    shown = [from, to];
    const rows: HTMLElement[] = [];
    if (from > 0) rows.push(o.spacer(from * o.height));
    for (let i = from; i < to; i++) rows.push(o.render(i));
    if (to < count) rows.push(o.spacer((count - to) * o.height));
    const focused = o.body.contains(document.activeElement)
      ? (document.activeElement as HTMLElement).closest<HTMLElement>("[data-row]")?.dataset.row
      : undefined;
    o.body.replaceChildren(...rows);
    o.made?.();
    if (focused !== undefined) o.body.querySelector<HTMLElement>(`[data-row="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  };
  const onScroll = (): void => {
    if (!isVirtual() || frame) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      const [from, to] = range();
      if (from < shown[0] || to > shown[1] || Math.abs(from - shown[0]) > MARGIN / 2) paint();
    });
  };
  o.scroller.addEventListener("scroll", onScroll, { passive: true });
  const resized = new ResizeObserver(onScroll);
  resized.observe(o.scroller);
  return {
    reset(n) {
      count = n;
      paint();
    },
    refresh: paint,
    scrollTo(index) {
      if (isVirtual()) {
        const at = offset() + index * o.height;
        if (at < o.scroller.scrollTop + o.height || at > o.scroller.scrollTop + o.scroller.clientHeight - 2 * o.height)
          o.scroller.scrollTop = Math.max(0, at - o.scroller.clientHeight / 2);
        paint();
        return;
      }
      o.body.querySelectorAll<HTMLElement>("[data-row]")[index]?.scrollIntoView({ block: "nearest" });
    },
    get virtual() {
      return isVirtual();
    },
    dispose() {
      o.scroller.removeEventListener("scroll", onScroll);
      resized.disconnect();
      cancelAnimationFrame(frame);
    },
  };
}
