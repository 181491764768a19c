// The values section of a Report, and what it warns of: one evaluation of the program, operation by operation, with the arguments of the call.
import type { Jaxpr, Var } from "../../../core/jaxpr.ts";
import { type Frame, framePath } from "../../../core/source.ts";
import type { NDArray } from "../../../core/value.ts";
import type { Traced } from "../../../transforms/jit.ts";
import { Places, type Position } from "../../places.ts";
import type { FirstBad, NodeId, Report, ValueStats } from "../../types.ts";
import type { Noted } from "../complete.ts";
import { eqnId, parameterId } from "../levels.ts";
import { blame, show } from "./blame.ts";
import { type First, type Limits, type Looked, look } from "./look.ts";
import { OperandNames } from "./names.ts";
import { statsOf } from "./tally.ts";

export interface LookOptions {
  readonly report: Report;
  readonly traced: Traced;
  /** The arguments of the call, as arrays. */
  readonly values: readonly NDArray[];
  readonly root: string | null;
  readonly limits: Limits;
}
/** The Report with what its values are, and what the person is to be warned of. */
export function lookAtValues({ report, traced, values, root, limits }: LookOptions): {
  readonly report: Report;
  readonly warnings: readonly Noted[];
} {
  const start = performance.now();
  const program = traced.jaxpr;
  const found = look(program, [...(traced.consts as readonly NDArray[]), ...values], limits);
  const places = new Places(root, report);
  const inputs = [...program.jaxpr.constvars, ...program.jaxpr.invars];
  const of = statsIn(inputs, found);
  const said = sentences(report, program.jaxpr, inputs, found, places);
  const firsts = said.map(({ kind, node, text, frames }): FirstBad => ({ kind, node, text, stack: places.stack(frames.map(positionOf)) ?? null }));
  return {
    report: {
      ...report,
      values: { of, firsts, ...(found.cut ? { cut: found.cut } : {}), milliseconds: performance.now() - start },
      files: places.files,
      frames: places.frames,
      stacks: places.stacks,
    },
    warnings: said.map(({ kind, reaches, text, frames }): Noted => {
      const [frame] = frames;
      return { kind: reaches ? kind : `${kind}Unused`, message: text, frame: frame ? positionOf(frame) : homeOf(report, root) };
    }),
  };
}
const positionOf = (f: Frame): Position => ({ file: framePath(f), line: f.line, column: f.column, func: f.func });
function homeOf(r: Report, root: string | null): Position | null {
  const at = r.frames[r.function.at];
  const path = at && r.files[at.file]?.path;
  if (!at || path === undefined) return null;
  return { file: root !== null && !/^([\\/]|[A-Za-z]:)/.test(path) ? `${root}/${path}` : path, line: at.line, column: at.column, func: at.func };
}
function statsIn(inputs: readonly Var[], found: Looked): ValueStats[] {
  const of = inputs.flatMap((v, i): ValueStats[] => {
    const t = found.inputs[i];
    return t ? [statsOf(parameterId(0, v), undefined, t)] : [];
  });
  for (const [id, tallies] of found.tallies)
    for (const [i, t] of tallies.entries()) if (t) of.push(statsOf(`e${id}`, tallies.length > 1 ? i : undefined, t));
  return of;
}
interface Said {
  readonly kind: "nan" | "inf";
  readonly node: NodeId;
  readonly text: string;
  readonly frames: readonly Frame[];
  /** Whether a result of the function has it; unknown where not all was looked at. */
  readonly reaches: boolean;
}
const WORDS = { nan: ["NaN", "NaN"], inf: ["infinity", "infinite"] } as const;
function sentences(report: Report, main: Jaxpr, inputs: readonly Var[], found: Looked, places: Places): Said[] {
  const argumentNames = new Map(
    inputs.map((v) => [v, report.programs[0]?.levels[0]?.regions[0]?.nodes.find((n) => n.id === parameterId(0, v))?.name ?? "an argument"] as const),
  );
  const names = new OperandNames(main, argumentNames, places);
  const nan = found.firsts.find((f) => f.kind === "nan");
  return found.firsts.flatMap((f): Said[] => {
    const { kind } = f;
    const reaches = found.outputs === null || found.outputs.some((t) => t && t[kind] > 0);
    // Masks are infinite on purpose: an infinity is told of where a result has one, or where it became a NaN.
    if (kind === "inf" && (f.eqn === null || !(reaches || nan?.operands.some((o) => (o.tally?.inf ?? 0) > 0)))) return [];
    const frames = framesOf(f);
    const [word, adjective] = WORDS[kind];
    const where = f.elements > 1 ? `${f.count} of ${f.elements} elements are ${adjective}, the first at [${f.index.join(", ")}]` : "";
    const end =
      found.outputs === null
        ? ""
        : reaches
          ? " It reaches the results."
          : ` No result has it${kind === "nan" ? ", but a gradient through it would" : ""}.`;
    if (!f.eqn) {
      const node = parameterId(0, inputs[f.result]!);
      return [
        {
          kind,
          node,
          frames,
          reaches,
          text: `the argument ${argumentNames.get(inputs[f.result]!)} holds ${word}${where ? `: ${where}` : ""}.${end}`,
        },
      ];
    }
    const operands = f.operands.map((o) => ({ ...o, name: names.of(o.atom, f.around, f.eqn!.source.frames[0]) }));
    const cause = blame(f.eqn.primitive.name, f.dtype, kind, operands);
    const at = operands.find((o) => o.at !== undefined && !/^-?[\d.]/.test(o.name));
    const there = where && at ? `, where ${at.name} is ${show(at.at!)}` : "";
    const turn = f.turns.length
      ? ` In turn ${f.turns.join(", ")} of the loop.`
      : f.after !== undefined
        ? ` Not in the loop's first ${f.after} turns, which were looked at one by one.`
        : "";
    return [
      {
        kind,
        node: eqnId(f.eqn),
        frames,
        reaches,
        text: `the first ${word} comes from here: ${cause}.${where ? ` ${where}${there}.` : ""}${turn}${end}`,
      },
    ];
  });
}
/** The person's frames: a program that several lines call was traced at the first of them, so the call that was looked at says more. */
function framesOf({ eqn, around }: First): readonly Frame[] {
  let frames: readonly Frame[] = [];
  for (const e of [...around, ...(eqn ? [eqn] : [])]) {
    const own = e.source.frames;
    const [outer] = frames;
    if (!outer || own.some((f) => f.line === outer.line && f.file === outer.file)) {
      if (own.length) frames = own;
    }
  }
  return frames;
}
