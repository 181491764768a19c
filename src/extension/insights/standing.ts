// Insights whose line still stands as it was profiled: an edited line says nothing any more, as with the other facts.
import * as vscode from "vscode";
import type { Insight } from "../../engine/report/types.ts";
import type { Context } from "../context.ts";
import { fileIndex } from "../places.ts";

export interface Standing {
  readonly insight: Insight;
  /** Its line now, from 1. */
  readonly line: number;
}
/** Those of one document. */
export function standing(c: Context, d: vscode.TextDocument): Standing[] {
  const r = c.session.report;
  const file = r && fileIndex(r, d.uri);
  if (!r?.insights?.length || file === null) return [];
  const now = c.session.lineNow(d);
  return r.insights.flatMap((insight) => {
    const line = insight.file === file ? now(insight.line) : null;
    return line === null || line > d.lineCount ? [] : [{ insight, line }];
  });
}
/** Those of the Report, without the ones whose line was edited in an open document. */
export function allStanding(c: Context): Insight[] {
  const r = c.session.report;
  if (!r?.insights) return [];
  const gone = new Set<Insight>();
  for (const d of vscode.workspace.textDocuments) {
    const file = fileIndex(r, d.uri);
    if (file === null) continue;
    const here = new Set(standing(c, d).map((s) => s.insight));
    for (const i of r.insights) if (i.file === file && !here.has(i)) gone.add(i);
  }
  return r.insights.filter((i) => !gone.has(i));
}
