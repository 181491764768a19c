// Collapsed stacks, a line each: "outer;inner;kernel nanoseconds". What flamegraph.pl, inferno and speedscope read.
import type { Report } from "../types.ts";
import { costStacks } from "./costStacks.ts";

/** Separators of the format cannot stand in names. */
const safe = (name: string): string => name.replace(/[;\r\n]/g, ",");
export function collapsedStacks(r: Report): string {
  const sums = new Map<string, number>();
  for (const s of costStacks(r)) {
    // Kernels go by their labels, which say enough.
    const key = s.frames.map((f, i) => safe(f.line && i < s.frames.length - 1 ? `${f.name} (${f.file}:${f.line})` : f.name)).join(";");
    sums.set(key, (sums.get(key) ?? 0) + s.ms * 1e6);
  }
  return [...sums].map(([key, ns]) => `${key} ${Math.max(1, Math.round(ns))}\n`).join("");
}
