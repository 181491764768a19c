// A picture on a canvas.
import type { Pen, Rect, Stroke, Surface, TextStyle } from "../../engine/report/drawing/surface.ts";

const FAMILY = 'system-ui, "Segoe UI", Helvetica, Arial, sans-serif';
const MONO = "ui-monospace, Consolas, monospace";
const ALIGN = { left: "left", middle: "center", right: "right" } as const;

export class CanvasSurface implements Surface {
  constructor(readonly c: CanvasRenderingContext2D) {}
  rect(r: Rect, radius: number, fill: string | null, stroke?: Stroke): void {
    const { c } = this;
    if (radius === 0 && !stroke) {
      if (fill !== null) {
        c.fillStyle = fill;
        c.fillRect(r.x, r.y, r.width, r.height);
      }
      return;
    }
    c.beginPath();
    if (radius) c.roundRect(r.x, r.y, r.width, r.height, radius);
    else c.rect(r.x, r.y, r.width, r.height);
    if (fill !== null) {
      c.fillStyle = fill;
      c.fill();
    }
    if (stroke) this.#stroke(stroke);
  }
  line(draw: (pen: Pen) => void, stroke: Stroke): void {
    this.c.beginPath();
    draw(this.c);
    this.#stroke(stroke);
  }
  area(draw: (pen: Pen) => void, fill: string, opacity = 1): void {
    const { c } = this;
    c.beginPath();
    draw(c);
    c.globalAlpha = opacity;
    c.fillStyle = fill;
    c.fill();
    c.globalAlpha = 1;
  }
  text(text: string, x: number, y: number, s: TextStyle): void {
    const { c } = this;
    c.font = `${s.bold ? "600 " : ""}${s.size}px ${s.mono ? MONO : FAMILY}`;
    c.fillStyle = s.colour;
    c.textAlign = ALIGN[s.align ?? "left"];
    c.fillText(text, x, y, s.room);
  }
  inside(r: Rect, radius: number, draw: () => void): void {
    const { c } = this;
    c.save();
    c.beginPath();
    c.roundRect(r.x, r.y, r.width, r.height, radius);
    c.clip();
    draw();
    c.restore();
  }
  #stroke({ colour, width, dash, opacity }: Stroke): void {
    const { c } = this;
    c.strokeStyle = colour;
    c.lineWidth = width;
    if (dash) c.setLineDash([...dash]);
    if (opacity !== undefined) c.globalAlpha = opacity;
    c.stroke();
    if (dash) c.setLineDash([]);
    c.globalAlpha = 1;
  }
}
