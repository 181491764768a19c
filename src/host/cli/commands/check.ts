// jitlens check: fails where a function has become dearer than its baseline says. For continuous integration: docs/ci.md.
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Command } from "commander";
import { showBytes } from "../../../engine/report/exporters/text.ts";
import { type Entry, readBaselines, writeBaselines } from "../baselines.ts";
import type { Context } from "../context.ts";
import { EXIT, usage } from "../failure.ts";
import { limitsOf } from "../limits.ts";
import { TARGET, jsonOption, listed, runOptions } from "../options.ts";
import { type Outcome, compared, entryOf, findingOf, keyNamed, keyOf, outcomeOf, targetsOf } from "../outcomes.ts";
import { oneLine } from "../terminal.ts";
import type { RunOptions } from "../asked.ts";
import { profileTarget } from "../profile.ts";

interface Options extends RunOptions {
  readonly json?: boolean;
  readonly baseline: string;
  readonly update?: boolean;
  readonly allow?: readonly string[];
  readonly time?: string;
}
export function checkCommand(program: Command, c: Context): void {
  jsonOption(
    runOptions(program.command("check").description("fail (exit code 3) where kernels, bytes, operations, peak memory or compilations grew")),
    "the outcome",
  )
    .argument("[targets...]", `${TARGET}; without any, all functions of the baseline`)
    .requiredOption("--baseline <file>", "the figures as they should be, a JSON file that --update writes")
    .option("--update", "write the figures of this run into the baseline")
    .option("--allow <list>", "how much figures may grow: bytes=5%,peak=10%,kernels=1", listed)
    .option("--time <percent>", "fail too where a steady call is slower by more than this; times differ from machine to machine")
    .action((targets: readonly string[], o: Options) => check(c, targets, o));
}
async function check(c: Context, targets: readonly string[], o: Options): Promise<void> {
  const limits = limitsOf(o.allow ?? [], o.time);
  if (!existsSync(o.baseline) && !o.update) throw usage(`there is no baseline ${o.baseline}`, "Write it with --update, and commit it.");
  const known = existsSync(o.baseline) ? readBaselines(o.baseline) : { format: "jitbaseline" as const, version: 1 as const, functions: {} };
  const home = dirname(resolve(o.baseline));
  const wanted = targets.length ? targets.map((t) => ({ target: t, run: o })) : targetsOf(known, home, process.cwd(), o);
  if (!wanted.length) throw usage("no function was named, and the baseline has none", "jitlens check FILE#FUNCTION --baseline FILE --update");
  const functions: Record<string, Entry> = { ...known.functions };
  const outcomes: Outcome[] = [];
  for (const { target, run } of wanted) {
    const profiled = await profileTarget(c, target, run, "profile").catch((e: unknown) =>
      findingOf(e, target, keyNamed(home, process.cwd(), target) in known.functions),
    );
    // One that cannot be looked at hides none of the others.
    if ("ok" in profiled) {
      outcomes.push(o.update && profiled.gone ? { ...profiled, ok: true, updated: true } : profiled);
      if (o.update && profiled.gone) delete functions[keyNamed(home, process.cwd(), target)];
      continue;
    }
    if (o.update) functions[keyOf(home, profiled)] = entryOf(home, profiled, run);
    outcomes.push(o.update ? { ...outcomeOf(target, profiled, []), updated: true } : compared(known, home, target, profiled, limits));
  }
  if (o.update) writeBaselines(o.baseline, { ...known, functions });
  if (outcomes.some((x) => !x.ok)) c.exit = outcomes.some((x) => x.error !== undefined) ? EXIT.userError : EXIT.checkFailed;
  await tell(c, outcomes, o);
}
async function tell(c: Context, outcomes: readonly Outcome[], o: Options): Promise<void> {
  const ok = outcomes.every((x) => x.ok);
  if (o.json) return c.terminal.json({ ok, functions: outcomes.map(({ place: _place, ...x }) => x) });
  const { red, green } = c.terminal.out;
  const lines = outcomes.flatMap((x) => {
    if (x.updated && x.gone) return [`${green("removed")}  ${oneLine(x.target)}`];
    if (x.error !== undefined)
      return [`${red("failed")}  ${oneLine(x.target)}`, ...x.error.split("\n").map((l) => `    ${oneLine(l)}`), ...annotations(x)];
    if (x.gone) return [`${red("gone")}  ${oneLine(x.target)}`, ...x.failures.map((f) => `    ${oneLine(f.text)}`), ...annotations(x)];
    if (x.updated) return [`${green("written")}  ${oneLine(x.target)}  ${figuresText(x)}`];
    if (x.ok) return [`${green("ok")}  ${oneLine(x.target)}  ${figuresText(x)}`];
    return [`${red("grew")}  ${oneLine(x.target)}`, ...x.failures.map((f) => `    ${oneLine(f.text)}`), ...annotations(x)];
  });
  if (outcomes.some((x) => !x.ok && x.error === undefined)) lines.push(`If this is meant: jitlens check --baseline ${oneLine(o.baseline)} --update`);
  await c.terminal.print(`${lines.join("\n")}\n`);
}
const figuresText = ({ figures }: Outcome): string =>
  Object.entries(figures ?? {})
    .map(([name, n]) => `${name} ${name === "bytes" || name === "peak" ? showBytes(n) : n}`)
    .join(", ");
/** GitHub shows these at the line of the change. */
function annotations(x: Outcome): string[] {
  if (!process.env.GITHUB_ACTIONS) return [];
  const escaped = (s: string): string => s.replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
  const property = (s: string): string => escaped(s).replace(/:/g, "%3A").replace(/,/g, "%2C");
  const said = [...x.failures.map((f) => f.text), ...(x.error === undefined ? [] : [x.error])];
  return said.map((text) => `::error file=${property(x.place.file)},line=${x.place.line}::${escaped(`${x.target}: ${text}`)}`);
}
