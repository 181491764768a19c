// The graph of the program's last level as an SVG picture, opened as far as the page opens it at first.
import { CATEGORIES, type Category, type Program, type Report } from "../types.ts";
import { CATEGORY_COLOURS, VERDICT_COLOURS } from "../drawing/palette.ts";
import { type Colours, NO_EMPHASIS } from "../drawing/paint.ts";
import { Outline } from "../drawing/outline.ts";
import { escapeXml, svgOf } from "../drawing/svg.ts";
import { Verdicts } from "../drawing/verdicts.ts";
import { opened, pictureOf, visible } from "../drawing/visible.ts";
import { english } from "../drawing/words.ts";
import { showTime } from "./text.ts";

const BREADTH = 1100;
/** A light page: pictures go into documents. */
const LIGHT: Colours = {
  page: "#ffffff",
  text: "#1f2328",
  muted: "#59636d",
  border: "#c4cad1",
  edge: "#7b838c",
  raised: "#ffffff",
  group: "#f1f4f8",
  accent: "#0b66c3",
  focus: "#0b66c3",
  mark: "#ffe9a8",
  changed: "#0b66c3",
  hot: VERDICT_COLOURS.hot.light,
  fused: VERDICT_COLOURS.fused.light,
  contrast: false,
  category: (c) => CATEGORY_COLOURS[c].light,
};
export function svgGraph(r: Report): string {
  const program = r.programs[0];
  const level = program?.levels.filter((l) => l.regions.length).at(-1);
  if (!program || !level)
    return `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="60"><text x="20" y="34" font-family="sans-serif">${escapeXml(r.function.name)}: this profile has no graph.</text></svg>\n`;
  const words = english({ time: showTime, share: (part) => `${(100 * part).toFixed(1)} %` });
  const outline = new Outline(r, program, level, { fold: true, words });
  const picture = pictureOf(visible(outline, opened(outline), BREADTH, words), BREADTH);
  const verdicts = new Verdicts(program);
  const kernels = program.kernels?.length ?? 0;
  const subtitle = [
    ...(r.timing ? [`${showTime(r.timing.total.median)} (median of a call)`] : []),
    ...(kernels ? [words.kernels(kernels)] : []),
    words.operations(level.regions.reduce((s, x) => s + x.nodes.length, 0)),
    ...(r.devices[0] ? [r.devices[0].name] : []),
  ].join(", ");
  const present = presentCategories(picture.boxes.map((b) => b.item.category));
  return svgOf(picture, LIGHT, {
    title: r.function.name,
    subtitle,
    description: `Graph of ${r.function.name}: ${subtitle}`,
    categories: present.map((c) => [c, c] as const),
    lines: hasDecisions(program) ? { fused: "fused", stored: "stored, and read again" } : null,
    verdict: (e) => verdicts.of(picture.edges[e]!.leaves),
    emphasis: NO_EMPHASIS,
  });
}
const hasDecisions = (p: Program): boolean => (p.kernels?.length ?? 0) > 0;
const presentCategories = (list: readonly Category[]): readonly Category[] => CATEGORIES.filter((c) => c !== "other" && list.includes(c));
