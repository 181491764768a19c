// Routines of the run-time library that a GPU carries out; the others are the CPU's.
import { fft } from "./fft.ts";
import { cholesky, lu, triangularSolve } from "./linalg.ts";
import type { DeviceRoutine } from "./shader.ts";
import { sort, topK } from "./sort.ts";

export const ROUTINES: Readonly<Record<string, DeviceRoutine>> = { cholesky, fft, lu, sort, topK, triangular_solve: triangularSolve };
