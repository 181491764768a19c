// Routines of the run-time library that a GPU carries out; the others are the CPU's.
import type { DeviceRoutine } from "./shader.ts";
import { fft } from "./fft.ts";
import { sort, topK } from "./sort.ts";

export const ROUTINES: Readonly<Record<string, DeviceRoutine>> = { fft, sort, topK };
