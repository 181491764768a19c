// The whole picture in small, with a frame around what is in view: dragging the frame moves the view. For the eye only; the outline is there for everybody.
import type { Colours } from "../../engine/report/drawing/paint.ts";
import type { Picture } from "../../engine/report/drawing/visible.ts";
import { h } from "../dom.ts";

const WIDTH = 120;
const HEIGHT = 160;
const LEAST = 18;
export interface Minimap {
  readonly element: HTMLCanvasElement;
  set(picture: Picture, colours: Colours): void;
  /** Left, top, right, bottom of the view in the picture; hidden where all of it is in view. */
  view(left: number, top: number, right: number, bottom: number, wanted: boolean): void;
}
export function minimap(goTo: (x: number, y: number) => void): Minimap {
  const element = h("canvas", { class: "minimap", "aria-hidden": "true" });
  const drawn = document.createElement("canvas");
  let picture: Picture | null = null;
  let colours: Colours | null = null;
  let scale = 1;
  const ratio = window.devicePixelRatio || 1;
  const drag = (e: PointerEvent): void => {
    if (e.type === "pointerdown") element.setPointerCapture(e.pointerId);
    else if (!element.hasPointerCapture(e.pointerId)) return;
    goTo(e.offsetX / scale, e.offsetY / scale);
  };
  element.addEventListener("pointerdown", drag);
  element.addEventListener("pointermove", drag);
  return {
    element,
    set(p, c) {
      picture = p;
      colours = c;
      const [width, height] = p.layout.total;
      scale = Math.min(WIDTH / Math.max(1, width), HEIGHT / Math.max(1, height));
      const [w, hh] = [Math.max(LEAST, width * scale), Math.max(LEAST, height * scale)];
      element.width = drawn.width = Math.round(w * ratio);
      element.height = drawn.height = Math.round(hh * ratio);
      element.style.width = `${w}px`;
      element.style.height = `${hh}px`;
      const g = drawn.getContext("2d")!;
      g.setTransform(ratio * scale, 0, 0, ratio * scale, 0, 0);
      g.fillStyle = c.page;
      g.fillRect(0, 0, w / scale, hh / scale);
      const least = 1 / scale;
      p.boxes.forEach((b, i) => {
        const { x, y, width: bw, height: bh } = { x: p.layout.x[i]!, y: p.layout.y[i]!, width: p.layout.width[i]!, height: p.layout.height[i]! };
        g.fillStyle = b.open
          ? c.group
          : b.item.kind === "node" || b.item.kind === "kernel" || b.item.kind === "control"
            ? c.category(b.item.category)
            : c.edge;
        g.fillRect(x, y, Math.max(least, bw), Math.max(least, bh));
      });
    },
    view(left, top, right, bottom, wanted) {
      if (!picture || !colours) return;
      const [width, height] = picture.layout.total;
      element.hidden = !wanted || (left <= 0 && top <= 0 && right >= width && bottom >= height);
      if (element.hidden) return;
      const g = element.getContext("2d")!;
      g.setTransform(1, 0, 0, 1, 0, 0);
      g.globalAlpha = 0.55;
      g.clearRect(0, 0, element.width, element.height);
      g.drawImage(drawn, 0, 0);
      g.globalAlpha = 1;
      g.setTransform(ratio * scale, 0, 0, ratio * scale, 0, 0);
      const [x, y] = [Math.max(0, left), Math.max(0, top)];
      const [w, hh] = [Math.max(6 / scale, Math.min(width, right) - x), Math.max(6 / scale, Math.min(height, bottom) - y)];
      g.save();
      g.beginPath();
      g.rect(x, y, w, hh);
      g.clip();
      g.setTransform(1, 0, 0, 1, 0, 0);
      g.drawImage(drawn, 0, 0);
      g.restore();
      g.strokeStyle = colours.focus;
      g.lineWidth = 1.5 / scale;
      g.strokeRect(x, y, w, hh);
    },
  };
}
