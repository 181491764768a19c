// A scheduled kernel as compute shaders, one a phase. Texts of kernels that compute the same are the same, so that what was compiled for one serves the others.
import type { Schedule } from "../kernel/schedule.ts";
import type { Place } from "../plan/types.ts";
import type { Target } from "../target.ts";
import { type EmittedPhase, emitPhase } from "./phase.ts";

export type { EmittedPhase };
/** @param places of the kernel's buffers: the arena is one binding, whatever lies in it */
export const emitKernel = (schedule: Schedule, places: readonly Place[], target: Target): EmittedPhase[] =>
  schedule.phases.filter((p) => p.body.length > 0 && p.grid.every((v) => v.extent > 0)).map((p) => emitPhase(schedule, p, places, target));
