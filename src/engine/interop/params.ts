// Parameters as jaxpr text has them → as the primitives take them: what the printer leaves out is put back.
import type { ShapedArray } from "../core/aval.ts";
import type { Params } from "../core/primitive.ts";
import { parseMode } from "../primitives/indexmode.ts";

type Raw = Record<string, unknown>;
type Fix = (p: Raw, ins: readonly ShapedArray[], outs: readonly ShapedArray[]) => Raw;
const scatter: Fix = (p) => ({ ...p, mode: parseMode(String(p.mode), "fill_or_drop"), updateConsts: [] });
const FIXES: Readonly<Record<string, Fix>> = {
  broadcast_in_dim: (p, _i, outs) => ({ shape: outs[0]!.shape, broadcastDimensions: [], ...p }),
  dot_general: (p) => ({ precision: null, preferredElementType: null, outSharding: null, ...p }),
  gather: (p) => ({ ...p, mode: parseMode(String(p.mode), "fill_or_drop") }),
  scatter,
  "scatter-add": scatter,
  "scatter-sub": scatter,
  "scatter-mul": scatter,
  "scatter-min": scatter,
  "scatter-max": scatter,
  jit: (p, ins) => ({ inline: false, donatedInvars: ins.map(() => false), ...p }),
  custom_linear_solve: (p) => ({ ...p, jaxprs: nulls(p.jaxprs as Raw) }),
  remat2: (p) => ({ preventCse: true, policy: null, differentiated: false, ...p, ...(typeof p.policy === "string" ? { policy: null } : {}) }),
  pure_callback: (p, _i, outs) => ({ ...p, callback: String(p.callback), resultAvals: outs }),
  io_callback: (p, _i, outs) => ({ ...p, callback: String(p.callback), resultAvals: outs }),
  debug_callback: (p) => ({ ...p, callback: String(p.callback) }),
  debug_print: (p) => ({ ...p, fmt: String(p.fmt) }),
  conj: (p, ins) => ({ inputDtype: ins[0]!.dtype, ...p }),
  convert_element_type: (p) => ({ weakType: false, ...p }),
};
const nulls = (r: Raw): Raw => ({ matvec: null, vecmat: null, solve: null, transposeSolve: null, ...r });
export function normalizeParams(primitive: string, raw: Raw, ins: readonly ShapedArray[], outs: readonly ShapedArray[]): Params {
  return FIXES[primitive]?.(raw, ins, outs) ?? raw;
}
