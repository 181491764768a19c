// jitlens advise: changes that were tried on a function, and what each gained.
import type { Command } from "commander";
import { showBytes, showTime } from "../../../engine/report/exporters/text.ts";
import { hunks } from "../../../engine/report/insights/edits.ts";
import { placeOf } from "../../../engine/report/insights/gain.ts";
import type { Insight, Report, TextChange } from "../../../engine/report/types.ts";
import { adviceOf } from "../../agents/tools/advise.ts";
import type { Context } from "../context.ts";
import { TARGET, jsonOption, number, runOptions, whole } from "../options.ts";
import type { RunOptions } from "../asked.ts";
import { reportFrom } from "../reports.ts";
import { oneLine } from "../terminal.ts";

interface Options extends RunOptions {
  readonly json?: boolean;
  readonly top: number;
  readonly budget: number;
}
export function adviseCommand(program: Command, c: Context): void {
  jsonOption(runOptions(program.command("advise").description("try changes that may make a function faster, and say what each gained")), "the advice")
    .argument("<source>", `a .jitprofile, or ${TARGET}`)
    .option("--budget <seconds>", "for how long changes are tried", number, 10)
    .option("--top <n>", "how many are shown", whole, 10)
    .action(async (source: string, o: Options) => {
      const { report } = await reportFrom(c, source, { ...o, advice: o.budget });
      await (o.json ? c.terminal.json(adviceOf(report, (text) => text, o.top)) : c.terminal.print(adviceText(c, report, o.top)));
    });
}
function adviceText(c: Context, r: Report, top: number): string {
  const { bold, dim } = c.terminal.out;
  const all = r.insights ?? [];
  const head = `${bold(oneLine(r.function.name))}${r.timing ? `  ${showTime(r.timing.total.median)} a call` : ""}`;
  const tried = r.tried ?? [];
  const rest = tried.length
    ? [dim(`Tried, and gained less than 5 %: ${[...new Set(tried.map((i) => `${i.rule} (${placeOf(r, i)})`))].map(oneLine).join(", ")}`)]
    : [];
  const late = r.untried ? [dim(untriedText(r.untried))] : [];
  const none =
    r.source.kind === "jitlens"
      ? r.untried && !tried.length
        ? "Nothing was tried: the time ended before."
        : "Nothing that was tried makes it faster."
      : "No rule knows a change that would make it faster. For XLA's programs changes are estimated, not tried.";
  if (!all.length) return `${[head, "", none, ...late, ...rest].join("\n")}\n`;
  const shown = all.slice(0, top).flatMap((i, n) => ["", ...insightText(c, r, i, n + 1)]);
  const more = all.length > top ? ["", dim(`… and ${all.length - top} more (--top ${all.length})`)] : [];
  return `${[head, ...shown, ...more, ...(late.length + rest.length ? ["", ...late, ...rest] : [])].join("\n")}\n`;
}
const untriedText = (n: number): string => `There was no time to try ${n === 1 ? "1 change" : `${n} changes`}: give more with --budget.`;
function insightText(c: Context, r: Report, i: Insight, n: number): string[] {
  const { bold, green, dim, red } = c.terminal.out;
  const source = r.files[i.file]?.text?.split("\n")[i.line - 1]?.trim();
  const lines = [
    `${bold(`${n}. ${oneLine(placeOf(r, i))}`)}  ${gainText(i, green)}`,
    ...(source ? [dim(`   ${oneLine(source)}`)] : []),
    ...wrapped(i.text),
    ...wrapped(`→ ${i.remedy}`),
  ];
  const { action } = i;
  if (action?.kind === "edit") lines.push(...editsText(r, action.edits, red, green));
  if (action?.kind === "pin") lines.push(dim(`   to measure it again: ${action.pins.map((p) => `--pin "${oneLine(p)}"`).join(" ")}`));
  if (action?.kind === "snippet")
    lines.push(
      ...action.snippet
        .trimEnd()
        .split("\n")
        .map((l) => `   ${green("+")} ${oneLine(l)}`),
    );
  return lines;
}
function gainText(i: Insight, green: (s: string) => string): string {
  const show = (n: number): string => (i.of === "memory" ? showBytes(n) : showTime(n));
  const what = { call: "", run: " of the whole run", compile: " of compiling", memory: " at the peak" }[i.of ?? "call"];
  if (!i.gain) return i.predicted === undefined ? "(an estimate)" : `(an estimate: ${show(i.predicted)}${what} less)`;
  const { before, after } = i.gain;
  const times = before.median / after.median;
  const same = i.error === undefined ? "" : i.error === 0 ? ", same results" : `, results differ by at most ${i.error.toPrecision(1)} of the largest`;
  return `${green(`${show(before.median)} → ${show(after.median)}`)}${what} (${times >= 1.995 ? `${times.toFixed(1)}× as fast` : `−${(100 * (1 - 1 / times)).toFixed(0)} %`}${same})`;
}
const WIDTH = 96;
function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of oneLine(text).split(/ +/)) {
    if (line && line.length + word.length >= WIDTH) {
      lines.push(line);
      line = lines.length && text.startsWith("→") ? `  ${word}` : word;
    } else line = line ? `${line} ${word}` : word;
  }
  return [...lines, line].map((l) => `   ${l}`);
}
/** The changed lines of each file, before and after. */
function editsText(r: Report, edits: readonly TextChange[], red: (s: string) => string, green: (s: string) => string): string[] {
  return [...new Set(edits.map((e) => e.file))].flatMap((file) => {
    const text = r.files[file]?.text;
    const changed = text
      ? hunks(
          text,
          edits.filter((e) => e.file === file),
        )
      : [];
    return changed.flatMap(({ before, after }) => [
      ...before.map((l) => `   ${red(`- ${oneLine(l.trim())}`)}`),
      ...after.map((l) => `   ${green(`+ ${oneLine(l.trim())}`)}`),
    ]);
  });
}
