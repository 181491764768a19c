// Messages between the extension and its pages. Pages get whole Reports and never compute what a Report says a second time.
import type { Report } from "../engine/report/migrations/v1types.ts";

export type ToView =
  | { readonly type: "report"; readonly report: Report }
  | { readonly type: "status"; readonly text: string; readonly busy: boolean }
  /** The cursor in the editor: nodes of that line are highlighted. Lines count from 1. */
  | { readonly type: "cursor"; readonly file: string; readonly line: number };
export type FromView =
  | { readonly type: "ready" }
  | { readonly type: "reveal"; readonly file: string; readonly line: number; readonly column: number }
  | { readonly type: "painted"; readonly milliseconds: number }
  | { readonly type: "export" };
