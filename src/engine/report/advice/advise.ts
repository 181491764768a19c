// Advice that was tried: rules find what may be wrong, the largest first each is changed and measured, and what gains is said, with its gain. It runs in the
// process that ran the program, after the profile was shown, for as long as it may.
import { withConfig } from "../../core/config.ts";
import { Facts, type AdviceContext } from "./facts.ts";
import type { Insight, Report } from "../types.ts";
import type { Compiled } from "../../backends/programs.ts";
import { phrasesOf } from "../phrases.ts";
import { summarize } from "../record/measure.ts";
import { RULES } from "./rules/index.ts";
import { changedProgram, outcomeOf, predictedMs, raceThrice } from "./trials.ts";
import type { AnyRule, Candidate, Change, Experiment, Outcome } from "./types.ts";

/** How far the trying is. */
export interface TrialsNow {
  readonly done: number;
  readonly total: number;
  /** The rule whose remedy is tried just now, and the line that it is about. */
  readonly rule: string;
  readonly line: number;
}
export interface AdviceOptions {
  readonly context: AdviceContext;
  /** For how long it may be tried. */
  readonly milliseconds: number;
  readonly progress?: (message: string, fraction: number, trials: TrialsNow) => void;
  /** Each time that something gained while more is to be tried: the Report with all that was found so far. */
  readonly found?: (report: Report) => void;
  /** Asked between trials: whether nobody wants to know any more. */
  readonly cancelled?: () => boolean;
  readonly rules?: readonly AnyRule[];
}
/** Candidates that promise less are not tried, and what gained less is not said: of the whole call, and at all (milliseconds). */
const LEAST_SHARE = 0.04;
const LEAST_MS = 0.002;
/** Changed programs that are planned to predict what they take. */
const MOST_PLANNED = 40;
/** What may be taken of the time for predicting: where compiling takes seconds, what a rule promises has to do. */
const PLANNING_SHARE = 0.25;
const leastGain = (f: Facts): number => Math.max(LEAST_MS, LEAST_SHARE * f.call);
/** How far results may lie apart, of the largest result. */
const TOLERANCE = 1e-3;
/** What a single trial may take of the time that is left. */
const MOST_OF_REST = 0.5;

interface Open {
  readonly rule: AnyRule;
  readonly candidate: Candidate;
  readonly change: Change;
  /** The changed program, where it was planned already. */
  readonly program?: Compiled | null;
  /** Milliseconds that the change should save. */
  readonly predicted: number;
}
/** The Report with its insights: an empty list says that they were looked for. It is the same Report where the trying was ended before it told anything. */
export function advise(report: Report, o: AdviceOptions): Report {
  // Changed programs have no native code yet: what is compared runs in WebAssembly.
  return withConfig({ native: "off" }, () => adviseInWasm(report, o));
}
function adviseInWasm(report: Report, o: AdviceOptions): Report {
  const began = performance.now();
  const left = (): number => o.milliseconds - (performance.now() - began);
  const over = (): boolean => left() <= 0 || (o.cancelled?.() ?? false);
  const facts = new Facts(report, o.context);
  const open = candidates(facts, o.rules ?? RULES, () => over() || left() < (1 - PLANNING_SHARE) * o.milliseconds);
  const insights: { insight: Insight; key: string }[] = [];
  const tried: Insight[] = [];
  let untried = 0;
  const withInsights = (): Report => {
    const byGain = [...insights].sort((a, b) => gainOf(b.insight) - gainOf(a.insight));
    return {
      ...report,
      // Of remedies for one cause the best is said.
      insights: byGain.filter((x, i) => byGain.findIndex((y) => y.key === x.key) === i).map((x) => x.insight),
      ...(tried.length ? { tried: [...tried] } : {}),
      ...(untried ? { untried } : {}),
      files: facts.places.files,
      frames: facts.places.frames,
      stacks: facts.places.stacks,
    };
  };
  open.forEach((c, i) => {
    if (over()) {
      untried++;
      return;
    }
    const now = { done: i, total: open.length, rule: c.rule.name, line: c.candidate.at.line };
    o.progress?.(`trying what would make it faster: ${i + 1} of ${open.length}`, 0.95, now);
    const outcome = attempt(c, facts, Math.min(3000, Math.max(left() * MOST_OF_REST, 200)));
    if (!outcome) return;
    const insight = insightOf(c, outcome, facts);
    if (!outcome.gained) tried.push(insight);
    else {
      insights.push({ insight, key: c.candidate.key ?? `${c.rule.name} ${i}` });
      if (i + 1 < open.length) o.found?.(withInsights());
    }
  });
  if (insights.length + tried.length === 0) return o.cancelled?.() ? report : { ...report, insights: [], ...(untried ? { untried } : {}) };
  return withInsights();
}
/**
 * What may be gained, the most first; by what the changed program is predicted to take, where that can be told.
 * @param late whether there is no time left to predict
 */
function candidates(f: Facts, rules: readonly AnyRule[], late: () => boolean): Open[] {
  const least = leastGain(f);
  const found = rules
    .flatMap((rule) => guarded(() => rule.find(f).map((candidate) => ({ rule, candidate }))) ?? [])
    .filter(({ candidate }) => candidate.most >= least)
    .sort((a, b) => b.candidate.most - a.candidate.most);
  const base = guarded(() => predictedMs(f.context.compiled, f)) ?? 0;
  const scale = base > 0 ? f.total / base : 1;
  const open: Open[] = [];
  for (const { rule, candidate } of found) {
    if (open.length >= MOST_PLANNED) break;
    const change = guarded(() => rule.change(candidate, f));
    if (!change) continue;
    if (change.kind === "experiment" || late()) {
      open.push({ rule, candidate, change, predicted: candidate.most });
      continue;
    }
    const program = guarded(() => changedProgram(change, f));
    const predicted = program && guarded(() => f.total - scale * predictedMs(program, f));
    if (predicted === null) continue;
    // The model may be wrong by a factor: what it says costs more is tried last, not never.
    open.push({ rule, candidate, change, program, predicted: Math.min(candidate.most, Math.max(predicted, candidate.most / 20)) });
  }
  return open.sort((a, b) => b.predicted - a.predicted);
}
function attempt({ change, rule, program }: Open, f: Facts, milliseconds: number): Outcome | null {
  const e = guarded((): Experiment | null =>
    change.kind === "experiment" ? change.run(milliseconds) : raceThrice(f, program ?? changedProgram(change, f), milliseconds),
  );
  if (!e) return null;
  const outcome = outcomeOf(e);
  const allowed = (rule.tolerance ?? TOLERANCE) * (e.notes?.scale ?? 1);
  const same = e.error === null ? rule.comparable === false : e.error <= allowed;
  const saved = summarize(e.before).median - summarize(e.after).median;
  return { ...outcome, gained: outcome.gained && same && (e.of === "memory" || saved >= leastGain(f)) };
}
function insightOf({ rule, candidate, predicted }: Open, outcome: Outcome, f: Facts): Insight {
  const { text, remedy, change, action } = rule.say(candidate, outcome, f);
  const phrases = phrasesOf({ text, remedy, change, label: action?.label });
  const others = (candidate.others ?? []).filter((l) => l.file === candidate.at.file && l.line !== candidate.at.line).map((l) => l.line);
  return {
    rule: rule.name,
    file: candidate.at.file,
    line: candidate.at.line,
    lines: [...new Set(others)].sort((a, b) => a - b),
    text: text.text,
    remedy: remedy.text,
    ...(phrases ? { phrases } : {}),
    of: outcome.of,
    predicted,
    gain: { before: summarize(outcome.before), after: summarize(outcome.after), runs: outcome.before.length },
    ...(outcome.error === null ? {} : { error: outcome.error && outcome.error / (outcome.notes?.scale || 1) }),
    change: change.text,
    ...(action ? { action: { ...action, label: action.label.text } } : {}),
  };
}
const gainOf = (i: Insight): number => (i.gain ? (i.gain.before.median - i.gain.after.median) / (i.of === "memory" ? i.gain.before.median : 1) : 0);
/** A rule that fails, or a change that does not fit the program, is no reason to give no advice: it is left out. */
function guarded<T>(run: () => T): T | null {
  try {
    return run();
  } catch {
    return null;
  }
}
