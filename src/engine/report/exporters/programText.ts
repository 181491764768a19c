// Programs as text: the jaxpr as JAX prints it, every level as a graph with types and source lines, and the code of each kernel.
import { placeOf } from "../ranking.ts";
import type { Level, Node, Program, Report } from "../types.ts";
import { placeText } from "./text.ts";

const several = (r: Report, p: Program): string[] => (r.programs.length > 1 ? [`# program ${p.id}`] : []);
const ended = (text: string): string => `${text.trimEnd()}\n`;

const textsOf = (p: Program): readonly Level[] => p.levels.filter((l) => l.text);
/** The first level that has a text: the program as it was traced. */
export function tracedText(r: Report): string {
  return ended(r.programs.flatMap((p) => [...several(r, p), textsOf(p)[0]?.text?.text ?? ""]).join("\n"));
}
export const noTexts = (r: Report): string | null => (r.programs.some((p) => textsOf(p).length) ? null : "this profile has no text of its programs");

/** Each level: its own text where it has one, then its regions, a node a line. */
export function graphText(r: Report): string {
  return ended(r.programs.flatMap((p) => [...several(r, p), ...p.levels.flatMap((l) => levelText(r, l))]).join("\n"));
}
export const noGraph = (r: Report): string | null => (r.programs.some((p) => p.levels.length) ? null : "this profile has no graphs");
function levelText(r: Report, l: Level): string[] {
  const out = [`## ${l.name}`];
  for (const region of l.regions) {
    out.push("", `${region.name} (${region.id})${region.parent === null ? "" : ` of %${region.parent}`} {`);
    out.push(...region.nodes.map((n) => `  ${nodeText(r, n)}`));
    out.push(`  return ${region.outputs.map((id) => `%${id}`).join(", ")}`, "}");
  }
  return [...out, ""];
}
function nodeText(r: Report, n: Node): string {
  const inputs = [...n.inputs.map((i) => `%${i}`), ...(n.attributes ? [n.attributes] : [])].join(", ");
  const inner = n.regions?.length ? ` [${n.regions.join(", ")}]` : "";
  const place = placeOf(r, n.stack);
  const notes = [n.name ?? "", placeText(place.file, place.line), n.scope].filter(Boolean).join("  ");
  return `%${n.id} = ${n.op}(${inputs})${inner} : ${n.type}${notes ? `  # ${notes.replace(/[\r\n]+/g, " ")}` : ""}`;
}
/** Every kernel with what it is called, and its code in each language that the source gives. */
export function codeText(r: Report): string {
  const blocks = r.programs.flatMap((p) =>
    (p.kernels ?? []).map((k) => {
      const line = k.lines[0];
      const place = line ? `  ${placeText(r.files[line.file]?.path, line.line)}` : "";
      const parts = (k.code ?? []).map((c) => {
        const cut = c.length === undefined ? "" : `\n… ${c.length - c.text.length} characters more are not kept in a profile`;
        return `-- ${c.language}\n${c.text.trimEnd()}${cut}`;
      });
      return [`==== ${p.id} ${k.id} ${k.label}  (${k.name}, ${k.kind})${place}`, ...parts].join("\n");
    }),
  );
  return ended(blocks.join("\n\n"));
}
export const noCode = (r: Report): string | null =>
  r.programs.some((p) => p.kernels?.some((k) => k.code?.length))
    ? null
    : "this profile has no code of kernels: it was traced only, or its source gives none";
