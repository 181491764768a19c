// What the bridge brought of XLA's own log of its fusions, if it is of this very program.
import type { Warning } from "../../../engine/report/types.ts";
import { type FusionLog, cpuFusionLog, gpuFusionLog } from "../../../xla/fusionLog.ts";
import type { HloGraph } from "../hloLevel.ts";
import type { BridgeRecord } from "../record.ts";

const without = (why: string): { readonly log: null; readonly warning: Warning } => ({
  log: null,
  warning: { kind: "fusions", message: `XLA's reasons for its fusions are not known: ${why}`, stack: null },
});
export function fusionLogOf({ fusions }: Pick<BridgeRecord, "fusions">, g: HloGraph): { readonly log: FusionLog | null; readonly warning?: Warning } {
  if (!fusions) return { log: null };
  if ("why" in fusions) return without(fusions.why);
  let log: FusionLog;
  try {
    log = "steps" in fusions ? gpuFusionLog(fusions.steps) : cpuFusionLog(fusions.before, fusions.events);
  } catch (e) {
    return without(e instanceof Error ? e.message : String(e));
  }
  // It was compiled once more for the log: the same options make the same program, and another one's reasons would be wrong here.
  const names = new Set(g.kernels.map((k) => k.instruction.name));
  const lost = "steps" in fusions ? [] : [...log.fusions.keys()].filter((name) => !names.has(name));
  return lost.length > log.fusions.size / 2 ? without("compiled once more, it became another program") : { log };
}
