// Reading profiles. Text, gzipped bytes or parsed data become a Report of the current version: bounded, checked once, older versions migrated.
import { fromColumns, isColumns } from "./columns.ts";
import { migrateV1 } from "./migrations/v1.ts";
import { reportV1Schema } from "./migrations/v1schema.ts";
import type { Report as ReportV1 } from "./migrations/v1types.ts";
import { reportSchema } from "./schema.ts";
import type { Report } from "./types.ts";
import { MAX_TEXT, firstFault, parseJson } from "./validate.ts";

/** A profile that cannot be read: the sentence names the first fault, and quotes nothing of the file. */
export class ProfileError extends Error {
  override readonly name = "ProfileError";
  constructor(reason: string) {
    super(`this is not a JitLens profile: ${reason}`);
  }
}
/** Data from a message or a file as a Report. Unknown fields stay. Throws ProfileError. */
export function parseReport(data: unknown): Report {
  if (typeof data !== "object" || data === null || Array.isArray(data)) throw new ProfileError("the file is not an object");
  if ((data as { format?: unknown }).format !== "jitprofile") throw new ProfileError('its "format" is not "jitprofile"');
  const { version } = data as { version?: unknown };
  if (version === 1) {
    check(firstFault(reportV1Schema, data));
    // The schema has just checked it.
    return checkReferences(migrateV1(data as ReportV1));
  }
  if (version !== 2)
    throw new ProfileError(
      typeof version === "number" && version > 2 ? `it is of version ${version}, this JitLens reads up to 2: update it` : "it has no version",
    );
  const spread = withRecords(data as Record<string, unknown>);
  check(firstFault(reportSchema, spread));
  return checkReferences(spread as unknown as Report);
}
function check(fault: string | null): void {
  if (fault) throw new ProfileError(fault);
}
export function parseReportText(text: string): Report {
  let data: unknown;
  try {
    data = parseJson(text);
  } catch (e) {
    throw new ProfileError((e as Error).message);
  }
  return parseReport(data);
}
/** The bytes of a file, gzipped or not. */
export async function readReport(bytes: Uint8Array): Promise<Report> {
  const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return parseReportText(zipped ? await gunzip(bytes) : new TextDecoder().decode(bytes));
}
/** Unpacks until the limit: a small file that grows without end is refused. */
async function gunzip(bytes: Uint8Array): Promise<string> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream("gzip"));
  const decoder = new TextDecoder();
  const parts: string[] = [];
  let length = 0;
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > MAX_TEXT) throw new ProfileError(`unpacked it is larger than ${MAX_TEXT / 2 ** 20} MiB`);
      parts.push(decoder.decode(value, { stream: true }));
    }
  } catch (e) {
    await reader.cancel().catch(() => {});
    throw e instanceof ProfileError ? e : new ProfileError("it is damaged: it cannot be unpacked");
  }
  return parts.join("") + decoder.decode();
}
function withRecords(data: Record<string, unknown>): Record<string, unknown> {
  if (!isColumns(data.spans)) return data;
  try {
    return { ...data, spans: fromColumns(data.spans) };
  } catch (e) {
    throw new ProfileError(`spans: ${(e as Error).message}`);
  }
}
/** Indices must point into their lists: whoever reads a Report may rely on it. Ids may name what is not there. */
function checkReferences(r: Report): Report {
  const within = (i: number | null | undefined, length: number, what: string): void => {
    if (i !== null && i !== undefined && i >= length) throw new ProfileError(`${what} ${i} is not in the profile`);
  };
  const file = (i: number | undefined): void => within(i, r.files.length, "file");
  const stack = (i: number | null | undefined): void => within(i, r.stacks.length, "stack");
  within(r.function.at, r.frames.length, "frame");
  for (const f of r.frames) file(f.file);
  for (const s of r.stacks) for (const f of s) within(f, r.frames.length, "frame");
  for (const p of r.programs) {
    for (const l of p.levels) for (const region of l.regions) for (const n of region.nodes) stack(n.stack);
    for (const k of p.kernels ?? []) {
      within(k.device, Math.max(1, r.devices.length), "device");
      for (const l of k.lines) file(l.file);
    }
    for (const d of p.decisions ?? []) stack(d.stack);
  }
  for (const c of r.compilations) stack(c.call);
  for (const w of r.warnings) stack(w.stack);
  for (const f of [...(r.calls?.from ?? []), ...(r.calls?.readBacks ?? [])]) stack(f.stack);
  for (const l of r.lines ?? []) file(l.file);
  for (const l of r.compiled ?? []) file(l.file);
  for (const h of [...(r.memory?.holders ?? []), ...(r.memory?.lifetimes ?? [])]) file(h.file);
  for (const i of [...(r.insights ?? []), ...(r.tried ?? [])]) {
    file(i.file);
    if (i.action?.kind === "edit") for (const e of i.action.edits) file(e.file);
  }
  return r;
}
