// A picture as an SVG text: the title above, the colours explained below. Nothing in it comes from outside, and texts are text.
import type { Category } from "../types.ts";
import { type Colours, type PaintOptions, paint } from "./paint.ts";
import type { Pen, Rect, Stroke, Surface, TextStyle } from "./surface.ts";
import { textWidth } from "./textWidth.ts";
import type { Picture } from "./visible.ts";

const number = (v: number): string => String(Math.round(v * 100) / 100);
export const escapeXml = (s: string): string =>
  s
    // Control characters may not stand in XML at all.
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!);
class Path implements Pen {
  d = "";
  moveTo(x: number, y: number): void {
    this.d += `M${number(x)} ${number(y)}`;
  }
  lineTo(x: number, y: number): void {
    this.d += `L${number(x)} ${number(y)}`;
  }
  bezierCurveTo(...v: [number, number, number, number, number, number]): void {
    this.d += `C${v.map(number).join(" ")}`;
  }
  quadraticCurveTo(...v: [number, number, number, number]): void {
    this.d += `Q${v.map(number).join(" ")}`;
  }
}
const strokeOf = (s: Stroke): string =>
  ` stroke="${escapeXml(s.colour)}" stroke-width="${number(s.width)}"${s.dash ? ` stroke-dasharray="${s.dash.join(" ")}"` : ""}${s.opacity === undefined || s.opacity === 1 ? "" : ` stroke-opacity="${s.opacity}"`}`;
const rectOf = (r: Rect, radius: number): string =>
  `x="${number(r.x)}" y="${number(r.y)}" width="${number(r.width)}" height="${number(r.height)}"${radius ? ` rx="${number(radius)}"` : ""}`;
const ANCHOR = { left: "start", middle: "middle", right: "end" } as const;

export class SvgSurface implements Surface {
  readonly parts: string[] = [];
  #clips = 0;
  rect(r: Rect, radius: number, fill: string | null, stroke?: Stroke): void {
    this.parts.push(`<rect ${rectOf(r, radius)} fill="${fill === null ? "none" : escapeXml(fill)}"${stroke ? strokeOf(stroke) : ""}/>`);
  }
  line(draw: (pen: Pen) => void, stroke: Stroke): void {
    const path = new Path();
    draw(path);
    this.parts.push(`<path d="${path.d}" fill="none"${strokeOf(stroke)}/>`);
  }
  area(draw: (pen: Pen) => void, fill: string, opacity = 1): void {
    const path = new Path();
    draw(path);
    this.parts.push(`<path d="${path.d}Z" fill="${escapeXml(fill)}"${opacity === 1 ? "" : ` fill-opacity="${opacity}"`}/>`);
  }
  text(text: string, x: number, y: number, s: TextStyle): void {
    const squeeze = s.room !== undefined && textWidth(text, s.size, s.mono ? "mono" : s.bold ? "bold" : "normal") > s.room;
    const style = `${s.bold ? ' font-weight="600"' : ""}${s.mono ? ' font-family="ui-monospace, Consolas, monospace"' : ""}${s.align && s.align !== "left" ? ` text-anchor="${ANCHOR[s.align]}"` : ""}`;
    const fit = squeeze ? ` textLength="${number(s.room!)}" lengthAdjust="spacingAndGlyphs"` : "";
    this.parts.push(
      `<text x="${number(x)}" y="${number(y)}" font-size="${number(s.size)}" fill="${escapeXml(s.colour)}"${style}${fit}>${escapeXml(text)}</text>`,
    );
  }
  inside(r: Rect, radius: number, draw: () => void): void {
    const id = `c${this.#clips++}`;
    const before = this.parts.length;
    draw();
    const drawn = this.parts.splice(before);
    if (drawn.length) this.parts.push(`<clipPath id="${id}"><rect ${rectOf(r, radius)}/></clipPath><g clip-path="url(#${id})">${drawn.join("")}</g>`);
  }
}
export interface SvgOptions extends Omit<PaintOptions, "scale"> {
  readonly title: string;
  readonly subtitle: string;
  /** What the colours of the boxes and the lines mean. */
  readonly categories: readonly (readonly [Category, string])[];
  readonly lines: { readonly fused: string; readonly stored: string } | null;
  /** A name for those who do not see it. */
  readonly description: string;
}
const MARGIN = 20;
const TOP = 52;
export function svgOf(p: Picture, c: Colours, o: SvgOptions): string {
  const s = new SvgSurface();
  paint(s, p, c, { ...o, scale: 1 });
  const [width, height] = p.layout.total;
  const legend = new SvgSurface();
  const wide = Math.max(width, 360, textWidth(o.title, 16, "bold"), textWidth(o.subtitle, 12));
  const legendHeight = drawLegend(legend, c, o, wide);
  const total: readonly [number, number] = [Math.ceil(wide + 2 * MARGIN), Math.ceil(height + TOP + MARGIN + legendHeight + MARGIN)];
  const dx = MARGIN + (wide - width) / 2;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${total[0]}" height="${total[1]}" viewBox="0 0 ${total[0]} ${total[1]}" font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif" role="img" aria-labelledby="t d">
<title id="t">${escapeXml(o.title)}</title><desc id="d">${escapeXml(o.description)}</desc>
<rect width="100%" height="100%" fill="${escapeXml(c.page)}"/>
<text x="${MARGIN}" y="26" font-size="16" font-weight="600" fill="${escapeXml(c.text)}">${escapeXml(o.title)}</text>
<text x="${MARGIN}" y="43" font-size="12" fill="${escapeXml(c.muted)}">${escapeXml(o.subtitle)}</text>
<g transform="translate(${number(dx)} ${TOP})">
${s.parts.join("\n")}
</g>
<g transform="translate(${MARGIN} ${number(height + TOP + MARGIN)})">
${legend.parts.join("\n")}
</g>
</svg>
`;
}
function drawLegend(s: SvgSurface, c: Colours, o: SvgOptions, room: number): number {
  let x = 0;
  let y = 12;
  const entry = (text: string, draw: (x: number, y: number) => void): void => {
    const width = 24 + textWidth(text, 11) + 16;
    if (x > 0 && x + width > room) {
      x = 0;
      y += 18;
    }
    draw(x, y);
    s.text(text, x + 24, y, { size: 11, colour: c.muted });
    x += width;
  };
  for (const [category, name] of o.categories)
    entry(name, (ex, ey) => s.rect({ x: ex + 8, y: ey - 9, width: 10, height: 10 }, 2, c.category(category)));
  const sample = (colour: string, dash?: readonly number[]) => (ex: number, ey: number) =>
    s.line(
      (pen) => {
        pen.moveTo(ex, ey - 4);
        pen.lineTo(ex + 18, ey - 4);
      },
      { colour, width: 1.6, ...(dash ? { dash } : {}) },
    );
  if (o.lines) {
    entry(o.lines.fused, sample(c.fused, [4, 3]));
    entry(o.lines.stored, sample(c.edge));
  }
  return y + 4;
}
