// Moving and zooming with mouse, pad and fingers: dragging moves, two fingers pinch, wheels zoom or scroll. d3-zoom would bring 60 KB of transitions and
// colours along for the same.
export interface GestureTarget {
  readonly pan: (dx: number, dy: number) => void;
  /** Zooms around a point of the canvas. */
  readonly zoom: (factor: number, x: number, y: number) => void;
}
/** So far a press may slip and still be a click. */
const SLIP = 4;
export function gestures(canvas: HTMLElement, target: GestureTarget): () => void {
  const pointers = new Map<number, { x: number; y: number }>();
  let travelled = 0;
  const down = (e: PointerEvent): void => {
    if (e.button !== 0) return;
    if (pointers.size === 0) travelled = 0;
    pointers.set(e.pointerId, { x: e.offsetX, y: e.offsetY });
  };
  const move = (e: PointerEvent): void => {
    const p = pointers.get(e.pointerId);
    if (!p) return;
    if (e.pointerType === "mouse" && e.buttons === 0) return up(e);
    const other = [...pointers].find(([id]) => id !== e.pointerId)?.[1];
    const [dx, dy] = [e.offsetX - p.x, e.offsetY - p.y];
    travelled += Math.abs(dx) + Math.abs(dy);
    if (travelled <= SLIP) return;
    // Held from here on: a drag goes on outside of the canvas, and a plain click is left to it.
    if (!canvas.hasPointerCapture(e.pointerId)) canvas.setPointerCapture(e.pointerId);
    if (other) {
      const before = Math.hypot(p.x - other.x, p.y - other.y);
      const now = Math.hypot(e.offsetX - other.x, e.offsetY - other.y);
      target.pan(dx / 2, dy / 2);
      if (before > 0 && now > 0) target.zoom(now / before, (e.offsetX + other.x) / 2, (e.offsetY + other.y) / 2);
    } else target.pan(dx, dy);
    p.x = e.offsetX;
    p.y = e.offsetY;
  };
  const up = (e: PointerEvent): void => void pointers.delete(e.pointerId);
  const click = (e: MouseEvent): void => {
    // The end of a drag is no click.
    if (travelled > SLIP && e.detail > 0) e.stopImmediatePropagation();
    travelled = 0;
  };
  const wheel = (e: WheelEvent): void => {
    e.preventDefault();
    const unit = e.deltaMode === 1 ? 16 : e.deltaMode === 2 ? 200 : 1;
    const [dx, dy] = [e.deltaX * unit, e.deltaY * unit];
    // A pinch comes as a wheel with Ctrl. Turning a mouse's wheel comes in steps and zooms; fingers on a pad move the picture.
    const steps = e.deltaMode === 1 || (Math.abs(e.deltaY) >= 50 && e.deltaX === 0 && Number.isInteger(e.deltaY));
    if (e.shiftKey && !e.ctrlKey) target.pan(-(dx || dy), 0);
    else if (e.ctrlKey || e.metaKey || steps) {
      const speed = e.ctrlKey && !steps ? 0.01 : 0.0016;
      target.zoom(2 ** (-Math.max(-240, Math.min(240, dy)) * speed), e.offsetX, e.offsetY);
    } else target.pan(-dx, -dy);
  };
  canvas.addEventListener("pointerdown", down);
  canvas.addEventListener("pointermove", move);
  for (const end of ["pointerup", "pointercancel", "lostpointercapture"] as const) canvas.addEventListener(end, up);
  canvas.addEventListener("click", click, true);
  canvas.addEventListener("wheel", wheel, { passive: false });
  return () => {
    canvas.removeEventListener("pointerdown", down);
    canvas.removeEventListener("pointermove", move);
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"] as const) canvas.removeEventListener(end, up);
    canvas.removeEventListener("click", click, true);
    canvas.removeEventListener("wheel", wheel);
  };
}
