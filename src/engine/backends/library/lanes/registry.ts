// Routines of the library that work on addresses of the heap, in lanes. Where one does not take a call (its types, its size), the plain routine does.
import type { TensorType } from "../../../graph/graph.ts";

/** An operand or result, and where it lies. */
export interface Place {
  readonly type: TensorType;
  readonly at: number;
}
export interface LaneCall {
  readonly ins: readonly Place[];
  readonly outs: readonly Place[];
  readonly params: Readonly<Record<string, unknown>>;
}
/** Whether it has done the call. */
export type LaneRoutine = (c: LaneCall) => boolean;

const routines = new Map<string, LaneRoutine>();
export const defineLaneRoutine = (name: string, r: LaneRoutine): void => void routines.set(name, r);
export const laneRoutine = (name: string): LaneRoutine | null => routines.get(name) ?? null;
