// Functions against their baselines: what `jitlens check` and the tool of that name find out.
import { relative, resolve, sep } from "node:path";
import { type Failure as Grown, type Limits, baselineOf, checkReport } from "../../engine/report/check.ts";
import type { Baselines, Entry } from "./baselines.ts";
import { EXIT, Failure, Vanished, failureText, usage } from "./failure.ts";
import type { Profiled, RunOptions } from "./asked.ts";

export interface Outcome {
  readonly target: string;
  readonly ok: boolean;
  readonly updated?: boolean;
  /** It is in the baseline, and its file or the function in it is not there any more. */
  readonly gone?: boolean;
  /** Its code failed. */
  readonly error?: string;
  readonly failures: readonly Grown[];
  readonly figures?: Entry["figures"];
  readonly place: { readonly file: string; readonly line: number };
}
const slashes = (path: string): string => path.split(sep).join("/");
/** A baseline names files from where it stands, so that it can be used from any folder. */
export const keyOf = (home: string, { file, site }: Profiled): string => `${slashes(relative(home, file))}#${site.name}`;
/** The key of a target as it was typed. @param from what targets are named from */
export const keyNamed = (home: string, from: string, target: string): string => {
  const hash = target.lastIndexOf("#");
  return hash < 0 ? target : `${slashes(relative(home, resolve(from, target.slice(0, hash))))}${target.slice(hash)}`;
};
/**
 * All functions of a baseline, and how each is run.
 * @param home where the baseline stands
 * @param from what targets are named from
 */
export function targetsOf(known: Baselines, home: string, from: string, o: RunOptions): { readonly target: string; readonly run: RunOptions }[] {
  return Object.entries(known.functions).map(([key, entry]) => {
    const { args, entry: entryFile, device, native, pin } = entry.run ?? {};
    const run = {
      ...(args === undefined ? {} : { args }),
      ...(device === undefined ? {} : { device }),
      ...(native ? { native } : {}),
      ...(pin ? { pin } : {}),
    };
    return {
      target: slashes(relative(from, resolve(home, key))),
      run: {
        // What is this machine's, not the function's, is said anew at each check.
        ...(o.seconds === undefined ? {} : { seconds: o.seconds }),
        ...(o.python === undefined ? {} : { python: o.python }),
        ...run,
        ...(entryFile === undefined ? {} : { entry: resolve(home, entryFile) }),
      },
    };
  });
}
export function entryOf(home: string, { report }: Profiled, run: RunOptions): Entry {
  const how = {
    ...(run.args === undefined ? {} : { args: run.args }),
    ...(run.entry === undefined ? {} : { entry: slashes(relative(home, resolve(run.entry))) }),
    ...(run.device === undefined ? {} : { device: run.device }),
    ...(run.native ? { native: true } : {}),
    ...(run.pin?.length ? { pin: [...run.pin] } : {}),
  };
  return { ...(baselineOf(report) as Entry), ...(Object.keys(how).length ? { run: how } : {}) };
}
/** Throws a Failure where the baseline does not know the function. */
export function compared(known: Baselines, home: string, target: string, profiled: Profiled, limits: Limits): Outcome {
  const key = keyOf(home, profiled);
  const entry = known.functions[key];
  if (!entry) throw usage(`the baseline has no figures of ${key}`, "Add them: jitlens check FILE#FUNCTION --baseline FILE --update.");
  return outcomeOf(target, profiled, checkReport(profiled.report, entry, limits));
}
export function outcomeOf(target: string, { report }: Profiled, failures: readonly Grown[]): Outcome {
  const at = report.frames[report.function.at];
  const place = { file: report.files[at?.file ?? -1]?.path ?? "", line: at?.line ?? 1 };
  return { target, ok: !failures.length, failures, figures: baselineOf(report).figures, place };
}
/** What a failure says about one function of several; throws it on where it is about the call of the command. */
export function findingOf(e: unknown, target: string, isKnown: boolean): Outcome {
  if (e instanceof Vanished && isKnown)
    return {
      target,
      ok: false,
      gone: true,
      failures: [{ figure: "function", before: 1, after: 0, allowed: 1, text: `it is in the baseline, but ${e.message}` }],
      place: { file: e.place.file ?? target.replace(/#[^#]*$/, ""), line: e.place.line ?? 1 },
    };
  if (!(e instanceof Failure) || e.exit !== EXIT.userError || !isKnown) throw e;
  return { target, ok: false, error: failureText(e), failures: [], place: { file: e.place.file ?? "", line: e.place.line ?? 1 } };
}
