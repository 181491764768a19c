// Colours. Categories, verdicts and heat have colours of our own, because a theme's chart colours may be translucent or too pale to read: each is brought to
// enough contrast with the page it stands on. One observer a page tells of a change of the theme.
import { CATEGORY_COLOURS, type Tone, VERDICT_COLOURS } from "../engine/report/drawing/palette.ts";
import type { Category } from "../engine/report/types.ts";
import { t } from "./l10n.ts";

export interface Rgb {
  readonly r: number;
  readonly g: number;
  readonly b: number;
}
/** By what the page is: bright colours on dark pages, deep ones on light pages. */
const PALETTE: Readonly<Record<string, Readonly<Record<Tone, string>>>> = {
  ...Object.fromEntries(Object.entries(CATEGORY_COLOURS).map(([c, colours]) => [`--k-${c}`, colours])),
  ...Object.fromEntries(Object.entries(VERDICT_COLOURS).map(([v, colours]) => [`--${v}`, colours])),
};
export const CATEGORY_ORDER = Object.keys(CATEGORY_COLOURS) as readonly Category[];
export function categoryName(c: Category): string {
  const names: Readonly<Record<Category, string>> = {
    input: t("input"),
    elementwise: t("elementwise"),
    movement: t("movement"),
    reduction: t("reduction"),
    contraction: t("contraction"),
    control: t("loop, branch, call"),
    library: t("library routine"),
    callback: t("callback"),
    collective: t("collective"),
    other: t("other"),
  };
  return names[c];
}
export const categoryVariable = (c: Category): string => `--k-${c}`;
/** What text needs to be readable (WCAG AA); marks need 3. */
const ENOUGH = 4.5;

export function parseColour(text: string): Rgb | null {
  const hex = /^#([0-9a-f]{6})$/i.exec(text.trim())?.[1];
  if (hex) return { r: parseInt(hex.slice(0, 2), 16), g: parseInt(hex.slice(2, 4), 16), b: parseInt(hex.slice(4, 6), 16) };
  const m = /^rgba?\(\s*([\d.]+)[, ]+([\d.]+)[, ]+([\d.]+)(?:\s*[,/]\s*([\d.]+)(%?))?\s*\)$/.exec(text.trim());
  if (!m) return null;
  const alpha = m[4] === undefined ? 1 : Number(m[4]) / (m[5] ? 100 : 1);
  return alpha === 0 ? null : { r: Number(m[1]), g: Number(m[2]), b: Number(m[3]) };
}
const linear = (v: number): number => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
const luminance = ({ r, g, b }: Rgb): number => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
/** The ratio that WCAG defines, from 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}
export const isDark = (background: Rgb): boolean => luminance(background) < 0.18;
/** The colour, moved towards black or white until it stands out enough from its background. */
export function readable(colour: Rgb, background: Rgb, enough = ENOUGH): Rgb {
  const end = isDark(background) ? 255 : 0;
  for (let part = 0; part <= 1; part += 0.1) {
    const mix = (v: number): number => Math.round(v + (end - v) * part);
    const mixed = { r: mix(colour.r), g: mix(colour.g), b: mix(colour.b) };
    if (contrast(mixed, background) >= enough) return mixed;
  }
  return { r: end, g: end, b: end };
}
export const showColour = ({ r, g, b }: Rgb): string => `#${[r, g, b].map((v) => Math.round(v).toString(16).padStart(2, "0")).join("")}`;

function apply(): void {
  const background = parseColour(getComputedStyle(document.body).backgroundColor) ?? { r: 255, g: 255, b: 255 };
  const tone: Tone = isDark(background) ? "dark" : "light";
  for (const [name, colours] of Object.entries(PALETTE))
    document.body.style.setProperty(name, showColour(readable(parseColour(colours[tone])!, background)));
}
/** Sets the colours, now and at every change; gives what tells of changes. */
export function watchTheme(): (listener: () => void) => () => void {
  const listeners = new Set<() => void>();
  const changed = (): void => {
    apply();
    for (const l of listeners) l();
  };
  apply();
  // VS Code changes classes of the body and the root's style; the browser its colour scheme.
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-id"] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style", "class"] });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  return (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
}
