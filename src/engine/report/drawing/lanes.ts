// Edges that span many layers run beside the boxes: down (or up) in a lane at the right or left border, as a bus. All edges of one source share a lane.
// Long edges through the middle would push everything apart and cross everything.

/** At most so many lanes at a side; after that, lanes lie on each other. */
const MOST_LANES = 24;

export interface LaneRun {
  readonly side: "left" | "right";
  /** The gaps (below layer g) between which it runs. */
  readonly from: number;
  readonly to: number;
}
/** The number of each run's lane at its side, the innermost 0: short runs lie inside, no two in one lane meet. */
export function lanesOf(runs: readonly LaneRun[], layers: number): Int32Array {
  const lane = new Int32Array(runs.length);
  const taken: Record<LaneRun["side"], Uint8Array[]> = { left: [], right: [] };
  const order = runs.map((_r, i) => i).sort((a, b) => runs[a]!.to - runs[a]!.from - (runs[b]!.to - runs[b]!.from) || a - b);
  for (const i of order) {
    const { side, from, to } = runs[i]!;
    const own = taken[side];
    let at = own.findIndex((used) => free(used, from + 1, to + 1));
    if (at < 0) {
      at = own.length < MOST_LANES ? own.length : i % MOST_LANES;
      own[at] ??= new Uint8Array(layers + 2);
    }
    lane[i] = at;
    own[at]!.fill(1, from + 1, to + 2);
  }
  return lane;
}
function free(used: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i <= to; i++) if (used[i]) return false;
  return true;
}
