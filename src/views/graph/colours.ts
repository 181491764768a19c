// The picture's colours as the page has them now.
import type { Colours } from "../../engine/report/drawing/paint.ts";
import { type Rgb, categoryVariable, isDark, parseColour, showColour } from "../theme.ts";

const GREY: Rgb = { r: 136, g: 136, b: 136 };
/** Surfaces and lines are mixed from the theme's page and text: its own colours for them are made for other things, and may be translucent. */
export function coloursOf(e: HTMLElement): Colours {
  const style = getComputedStyle(e);
  const value = (name: string): string => style.getPropertyValue(name).trim() || "#888888";
  const page = parseColour(value("--page")) ?? parseColour(getComputedStyle(document.body).backgroundColor) ?? GREY;
  const text = parseColour(value("--text")) ?? GREY;
  const contrast = document.body.classList.contains("vscode-high-contrast") || document.body.classList.contains("vscode-high-contrast-light");
  const mixed = (part: number): string => showColour(mix(page, text, contrast ? 0 : part));
  const white: Rgb = { r: 255, g: 255, b: 255 };
  return {
    page: showColour(page),
    text: value("--text"),
    muted: value("--muted"),
    border: contrast ? value("--text") : mixed(0.24),
    edge: contrast ? value("--text") : mixed(0.5),
    raised: isDark(page) ? mixed(0.075) : contrast ? showColour(page) : showColour(mix(page, white, 0.85)),
    group: mixed(isDark(page) ? 0.035 : 0.05),
    accent: value("--accent"),
    focus: value("--focus"),
    mark: value("--mark"),
    changed: value("--kept"),
    hot: value("--hot"),
    fused: value("--fused"),
    contrast,
    category: (c) => value(categoryVariable(c)),
  };
}
const mix = (a: Rgb, b: Rgb, part: number): Rgb => ({ r: a.r + (b.r - a.r) * part, g: a.g + (b.g - a.g) * part, b: a.b + (b.b - a.b) * part });
