// Where the changes of an insight stand now: its positions are those of the text that was profiled. Lines that moved are followed; a line that was edited
// since is not touched, and neither is any other of the same insight.
import type { TextChange } from "../../engine/report/types.ts";
import { fits } from "../../engine/report/insights/edits.ts";
import { lineShift } from "../lineShift.ts";
import { styleOf, styled } from "./style.ts";

export type Planned =
  | { readonly kind: "changes"; readonly changes: readonly TextChange[] }
  /** A line, from 1 in the profiled text, that is another now. */
  | { readonly kind: "edited"; readonly line: number }
  | { readonly kind: "unfit" };

/** @param before the text that was profiled @param now the text as it stands @param changes all of one file */
export function plan(before: string, now: string, changes: readonly TextChange[]): Planned {
  if (!fits(before, changes)) return { kind: "unfit" };
  const to = lineShift(before, now);
  const style = styleOf(now);
  const out: TextChange[] = [];
  for (const c of changes) {
    const line = to(c.line);
    for (let l = c.line; l <= c.endLine; l++) if (line === null || to(l) !== line + l - c.line) return { kind: "edited", line: l };
    out.push({ ...c, line: line!, endLine: line! + c.endLine - c.line, text: styled(c.text, style) });
  }
  return { kind: "changes", changes: out };
}
