// Colours of our own for what a theme has none for: bright ones for dark pages, deep ones for light pages. Pages bring them to enough contrast.
import type { Category } from "../types.ts";

export type Tone = "dark" | "light";
export const CATEGORY_COLOURS: Readonly<Record<Category, Readonly<Record<Tone, string>>>> = {
  input: { dark: "#9aa5b1", light: "#5f6b76" },
  elementwise: { dark: "#6cb6ff", light: "#1460aa" },
  movement: { dark: "#7ee0c6", light: "#0f766e" },
  reduction: { dark: "#f0a75e", light: "#9a5200" },
  contraction: { dark: "#c9a0ff", light: "#7a3fb5" },
  control: { dark: "#f2cc60", light: "#7d6300" },
  library: { dark: "#ff9bb3", light: "#b0285a" },
  callback: { dark: "#ffb3e1", light: "#96308a" },
  collective: { dark: "#a5d66a", light: "#47750f" },
  other: { dark: "#b0b8c0", light: "#59636d" },
};
export const VERDICT_COLOURS = {
  fused: { dark: "#6fc47d", light: "#22702f" },
  kept: { dark: "#f0a75e", light: "#9a5200" },
  hot: { dark: "#f08c3c", light: "#c25e00" },
} as const satisfies Readonly<Record<string, Readonly<Record<Tone, string>>>>;
