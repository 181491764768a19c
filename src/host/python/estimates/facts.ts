// What rules of estimates are, and what they ask a Report.
import type { Sentence } from "../../../engine/core/sentence.ts";
import type { SaidAction } from "../../../engine/report/advice/types.ts";
import type { Insight, Kernel, LineShare, Node, Report } from "../../../engine/report/types.ts";

export interface EstimateRule {
  readonly name: string;
  readonly find: (r: Report) => readonly Found[];
}
export interface Found extends Pick<Insight, "of" | "predicted"> {
  readonly action?: SaidAction | null;
  readonly text: Sentence;
  readonly remedy: Sentence;
  readonly at: { readonly file: number; readonly line: number };
  readonly others?: readonly number[];
}
/** Less of a call is not worth a sentence. */
export const LEAST_SHARE = 0.05;

const home = (r: Report): { file: number; line: number } => {
  const frame = r.frames[r.function.at]!;
  return { file: frame.file, line: frame.line };
};
export const topOf = (r: Report, stack: number | null): { file: number; line: number } => {
  const frame = stack === null ? undefined : r.frames[r.stacks[stack]?.[0] ?? -1];
  return frame ? { file: frame.file, line: frame.line } : home(r);
};
const most = (lines: readonly LineShare[]): LineShare | undefined =>
  lines.reduce<LineShare | undefined>((a, b) => (a && a.share >= b.share ? a : b), undefined);
export const placeOf = (r: Report, k: Kernel): { file: number; line: number } => {
  const line = most(k.lines);
  return line ? { file: line.file, line: line.line } : home(r);
};
export function nodesOf(r: Report): ReadonlyMap<string, Node> {
  const level = r.programs[0]?.levels.at(-1);
  return new Map((level?.regions ?? []).flatMap((region) => region.nodes.map((n) => [n.id, n] as const)));
}
/** Whether a copy brings its elements into another order; one that does not makes room for what is written next. */
export const isReordered = (copy: Node): boolean => copy.attributes?.startsWith("{") ?? false;
export const measured = (r: Report): readonly (Kernel & { readonly time: NonNullable<Kernel["time"]> })[] =>
  (r.programs[0]?.kernels ?? []).flatMap((k) => (k.time ? [{ ...k, time: k.time }] : []));
export const callOf = (r: Report): number => r.timing?.total.median ?? Infinity;
