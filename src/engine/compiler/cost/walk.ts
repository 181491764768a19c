// What a scheduled kernel carries out, and how often: every statement and value once, with the number of times that its loops run it.
import type { Acc, Expr, Stmt } from "../kernel/ir.ts";
import type { Held, Schedule } from "../kernel/schedule.ts";
import { postOrder, readBy } from "../kernel/walk.ts";

/** Where something is carried out. */
export interface Site {
  /** How often, in one call of the kernel; an instruction in lanes counts once for all of them. */
  readonly times: number;
  /** Elements that one instruction computes. */
  readonly lanes: number;
  readonly held: Held | null;
  /** The body that it is carried out in: what stands in one runs together. */
  readonly body: Body;
}
/** The body of a loop, or the kernel itself. */
export interface Body {
  /** Iterations of the loop around it, as instructions, each time that it is entered; 1 for the kernel itself. */
  readonly turns: number;
  /** How often it is carried out in one call of the kernel. */
  readonly times: number;
  /** Copies side by side, each with accumulators of its own. */
  readonly copies: number;
  /** Variables that its own statements set or add to. */
  readonly written: ReadonlySet<Acc>;
}
export interface Visitor {
  readonly value: (e: Expr, at: Site) => void;
  readonly statement: (s: Stmt, at: Site) => void;
  /** The body of a loop begins; its statements follow. */
  readonly loop?: (body: Body) => void;
}
interface Level extends Body {
  readonly depth: number;
  /** Iterations from the kernel's start down to here; those of a loop of lanes as instructions. */
  readonly times: number;
  readonly lanes: number;
  readonly lane: number | null;
  /** Values that are there already. */
  readonly known: Set<Expr>;
}
export function walkKernel(schedule: Schedule, visitor: Visitor): void {
  const levels: Level[] = [
    { depth: 0, turns: 1, copies: 1, times: 1, lanes: 1, lane: null, known: new Set(), written: writtenBy(schedule.kernel.body) },
  ];
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
        visitor.value(e, {
          times: scalar ? level.times * level.lanes : level.times,
          lanes: inLanes && !scalar ? level.lanes : 1,
          held: inLanes ? held : null,
          body: level,
        });
      },
      (e) => e.kind !== "const" && !isKnown(e),
    );
  const visit = (body: readonly Stmt[]): void => {
    for (const s of body) {
      for (const e of readBy(s)) define(e);
      const here = levels.at(-1)!;
      visitor.statement(s, { times: here.times, lanes: here.lanes, held: null, body: here });
      if (s.kind === "if") visit(s.body);
      if (s.kind !== "loop") continue;
      const plan = schedule.loops.get(s.v);
      const lanes = plan?.kind === "lanes" ? plan.lanes : 1;
      const turns = Math.ceil(s.v.extent / lanes);
      levels.push({
        depth: s.v.depth,
        turns,
        copies: plan?.unroll ?? 1,
        times: here.times * turns,
        lanes: lanes > 1 ? lanes : here.lanes,
        lane: lanes > 1 ? s.v.id : here.lane,
        known: new Set(),
        written: writtenBy(s.body),
      });
      visitor.loop?.(levels.at(-1)!);
      visit(s.body);
      levels.pop();
    }
  };
  visit(schedule.kernel.body);
}
const writtenBy = (body: readonly Stmt[]): ReadonlySet<Acc> =>
  new Set(body.flatMap((s) => (s.kind === "set" || s.kind === "reduce" ? [s.acc] : s.kind === "if" ? [...writtenBy(s.body)] : [])));
