// The door of version 1, until the recorder writes version 2.
import { reportV1Schema as report } from "./migrations/v1schema.ts";
import type { Report } from "./migrations/v1types.ts";

/** Reads a Report from untrusted data. Throws an Error that names the first field that is wrong. */
export function parseReport(data: unknown): Report {
  const r = report.safeParse(data);
  if (r.success) return r.data;
  const issue = r.error.issues[0]!;
  throw new Error(`this is not a JitLens profile (version 1): ${issue.path.join(".") || "the file"}: ${issue.message}`);
}
export function parseReportText(text: string): Report {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (e) {
    throw new Error(`this is not a JitLens profile: it is not JSON (${(e as Error).message})`);
  }
  return parseReport(data);
}
