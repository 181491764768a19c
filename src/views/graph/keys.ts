// The graph's keys, as a table.
import type { Picture } from "../../engine/report/drawing/visible.ts";
import { type Direction, endOf, stepFrom } from "./steps.ts";

export interface KeyTarget {
  readonly actions: Readonly<
    Record<"fit" | "overview" | "zoomIn" | "zoomOut" | "collapse" | "deeper" | "outline" | "map" | "fold" | "search", () => void>
  > & {
    readonly openTo: (depth: number) => void;
  };
  readonly picture: () => Picture | null;
  /** The index of the selected box, -1 for none. */
  readonly selected: () => number;
  readonly go: (index: number) => void;
  readonly enter: () => void;
  readonly out: () => void;
  readonly escape: () => void;
  readonly edge: () => void;
  readonly pan: (dx: number, dy: number) => void;
}
const PAN = 60;
export function keyboard(canvas: HTMLElement, k: KeyTarget): void {
  const step = (direction: Direction) => (): void => {
    const picture = k.picture();
    if (!picture) return;
    const from = k.selected();
    const to = from < 0 ? endOf(picture, false) : stepFrom(picture, from, direction);
    if (to >= 0) k.go(to);
  };
  const end = (last: boolean) => (): void => {
    const picture = k.picture();
    const to = picture ? endOf(picture, last) : -1;
    if (to >= 0) k.go(to);
  };
  const { actions } = k;
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: step("down"),
    ArrowUp: step("up"),
    ArrowLeft: step("left"),
    ArrowRight: step("right"),
    Home: end(false),
    End: end(true),
    Enter: k.enter,
    " ": k.enter,
    Backspace: k.out,
    Escape: k.escape,
    e: k.edge,
    "+": actions.zoomIn,
    "=": actions.zoomIn,
    "-": actions.zoomOut,
    "0": actions.fit,
    f: actions.fit,
    w: actions.overview,
    c: actions.collapse,
    x: actions.deeper,
    o: actions.outline,
    m: actions.map,
    i: actions.fold,
    "/": actions.search,
    ...Object.fromEntries(Array.from({ length: 9 }, (_v, i) => [String(i + 1), () => actions.openTo(i + 1)])),
  };
  const pans: Readonly<Record<string, readonly [number, number]>> = {
    ArrowDown: [0, -PAN],
    ArrowUp: [0, PAN],
    ArrowLeft: [PAN, 0],
    ArrowRight: [-PAN, 0],
  };
  canvas.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const pan = e.shiftKey ? pans[e.key] : undefined;
    const act = pan ? () => k.pan(...pan) : keys[e.key.length === 1 ? e.key.toLowerCase() : e.key];
    if (!act) return;
    e.preventDefault();
    act();
  });
}
