// What a run learns after the first call was measured, added to its Report: further compilations, warnings, how often the function was called.
import type { RetraceEvent } from "../../transforms/retrace.ts";
import { Places, type Position } from "../places.ts";
import type { Calls, Report, Warning } from "../types.ts";
import type { CallLog } from "./callLog.ts";
import { compilations } from "./compilations.ts";

/** Of what the recorder itself says of the device. */
export const DEVICE_WARNING = "device";
export interface Noted {
  readonly kind?: string;
  readonly message: string;
  readonly frame: Position | null;
}
/** A Report with what was found out later. */
export function complete(
  r: Report,
  later: { readonly root: string | null; readonly retraces: readonly RetraceEvent[]; readonly warnings: readonly Noted[]; readonly calls: CallLog },
): Report {
  const places = new Places(later.root, r);
  // Which of them is the measured program is known since it was.
  const made = compilations(later.retraces, places, null).map((c, i) => ({
    ...c,
    ...(r.compilations[i]?.program ? { program: r.compilations[i].program } : {}),
  }));
  const warnings = [...warningsOf(later.warnings, places), ...r.warnings.filter((w) => w.kind === DEVICE_WARNING)];
  const calls = r.calls && { ...r.calls, ...seen(later.calls, r.calls, places) };
  return { ...r, compilations: made, warnings, ...(calls ? { calls } : {}), files: places.files, frames: places.frames, stacks: places.stacks };
}
/** Calls that were made; where none was seen, those that the Report has. */
function seen(log: CallLog, before: Calls, places: Places): Omit<Calls, "wall"> {
  const { from, ...rest } = log.report(places);
  return { ...rest, count: Math.max(before.count, rest.count), from: from.length ? from : before.from };
}
export const warningsOf = (list: readonly Noted[], places: Places): Warning[] =>
  list.map((w): Warning => ({ kind: w.kind ?? "largeConstant", message: w.message, stack: w.frame ? (places.stack([w.frame]) ?? null) : null }));
