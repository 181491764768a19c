// How wide a text will be, about, in any system's font: the layout must not depend on what is installed. Errs on the wide side.
const NARROW = /[iIljtfr.,:;'`|!()[\]{}/ ·-]/;
const WIDE = /[mwMW@%—→…]/;

export function textWidth(text: string, size: number, style: "normal" | "bold" | "mono" = "normal"): number {
  if (style === "mono") return text.length * size * 0.61;
  let width = 0;
  for (const c of text) width += c > "\u2e80" ? 1 : WIDE.test(c) ? 0.88 : NARROW.test(c) ? 0.36 : c >= "A" && c <= "Z" ? 0.68 : 0.57;
  return width * size * (style === "bold" ? 1.15 : 1);
}
/** The text, shortened where it does not fit. */
export function fitted(text: string, room: number, size: number, style: "normal" | "bold" | "mono" = "normal"): string {
  const width = textWidth(text, size, style);
  if (width <= room) return text;
  let n = Math.max(0, Math.floor((text.length * room) / width));
  while (n > 1 && textWidth(`${text.slice(0, n)}…`, size, style) > room) n--;
  return n > 0 ? `${text.slice(0, n)}…` : "";
}
/** The text in lines, broken at spaces and after operators; the last one shortened. */
export function wrapped(text: string, room: number, size: number, lines: number, style: "normal" | "bold" | "mono" = "normal"): string[] {
  if (textWidth(text, size, style) <= room || lines < 2) return [fitted(text, room, size, style)];
  const words = text.split(/(?<=[\s·*(,])/);
  let line = "";
  let used = 0;
  for (const w of words) {
    if (line && textWidth((line + w).trimEnd(), size, style) > room) break;
    line += w;
    used++;
  }
  const rest = words.slice(used).join("");
  if (!rest) return [fitted(line.trimEnd(), room, size, style)];
  return [fitted(line.trimEnd(), room, size, style), ...wrapped(rest, room, size, lines - 1, style)];
}
