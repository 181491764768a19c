// Writing profiles. It stands apart from reading, so that who only writes one does not load the schema.
import { COLUMNS_ABOVE, toColumns } from "./columns.ts";
import type { Report } from "./types.ts";

/** The text of a .jitprofile; long lists as columns. */
export function writeReport(r: Report): string {
  const columns = r.spans && r.spans.length > COLUMNS_ABOVE ? toColumns(r.spans as readonly object[] as readonly Record<string, unknown>[]) : null;
  return JSON.stringify(columns ? { ...r, spans: columns } : r);
}
