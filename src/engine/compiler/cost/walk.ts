// What a scheduled kernel carries out, and how often: every statement and value once, with the number of times that its loops run it.
import type { Expr, Stmt } from "../kernel/ir.ts";
import type { Held, Schedule } from "../kernel/schedule.ts";
import { postOrder, readBy } from "../kernel/walk.ts";

/** Where something is carried out. */
export interface Site {
  /** How often, in one call of the kernel; an instruction in lanes counts once for all of them. */
  readonly times: number;
  /** Elements that one instruction computes. */
  readonly lanes: number;
  readonly held: Held | null;
}
export interface Visitor {
  readonly value: (e: Expr, at: Site) => void;
  readonly statement: (s: Stmt, at: Site) => void;
}
interface Level {
  readonly depth: number;
  /** Iterations from the kernel's start down to here; those of a loop of lanes as instructions. */
  readonly times: number;
  readonly lanes: number;
  readonly lane: number | null;
  /** Values that are there already. */
  readonly known: Set<Expr>;
}
export function walkKernel(schedule: Schedule, visitor: Visitor): void {
  const levels: Level[] = [{ depth: 0, times: 1, lanes: 1, lane: null, known: new Set() }];
  /** The level at which a value is made: that of the innermost loop it depends on. */
  const levelOf = (e: Expr): Level => levels.findLast((l) => l.depth <= e.depth) ?? levels[0]!;
  const isKnown = (e: Expr): boolean => levels.some((l) => l.known.has(e));
  const define = (root: Expr): void =>
    postOrder(
      [root],
      (e) => {
        const level = levelOf(e);
        level.known.add(e);
        const inLanes = level.lane !== null && e.vars.has(level.lane);
        const held = schedule.held.get(e) ?? null;
        const scalar = inLanes && held !== null && held.startsWith("scalars");
        visitor.value(e, { times: scalar ? level.times * level.lanes : level.times, lanes: inLanes && !scalar ? level.lanes : 1, held: inLanes ? held : null });
      },
      (e) => e.kind !== "const" && !isKnown(e),
    );
  const visit = (body: readonly Stmt[]): void => {
    for (const s of body) {
      for (const e of readBy(s)) define(e);
      const here = levels.at(-1)!;
      visitor.statement(s, { times: here.times, lanes: here.lanes, held: null });
      if (s.kind === "if") visit(s.body);
      if (s.kind !== "loop") continue;
      const plan = schedule.loops.get(s.v);
      const lanes = plan?.kind === "lanes" ? plan.lanes : 1;
      levels.push({
        depth: s.v.depth,
        times: here.times * Math.ceil(s.v.extent / lanes),
        lanes: lanes > 1 ? lanes : here.lanes,
        lane: lanes > 1 ? s.v.id : here.lane,
        known: new Set(),
      });
      visit(s.body);
      levels.pop();
    }
  };
  visit(schedule.kernel.body);
}
