// A little square of a colour, for legends.
import { h } from "./dom.ts";

export const swatch = (variable: string): HTMLElement => h("span", { class: "swatch", style: `background:var(${variable})`, "aria-hidden": "true" });
