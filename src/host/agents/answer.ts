// One call of a tool, whoever asks: the input is checked, the answer is data and a text, and what went wrong is said with its place and remedy.
import type * as z from "zod";
import { EXIT, Failure, errorSchema, failureJson } from "../cli/failure.ts";
import { ProfileError } from "../../engine/report/read.ts";
import { firstFault } from "../../engine/report/validate.ts";
import type { Bench, Call } from "./bench.ts";
import { DATA_NOTE, plain, quoteMarks } from "./quote.ts";
import type { Tool } from "./tools/tool.ts";

export interface Answered {
  /** For a language model: our sentences, then the data between marks. */
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly isError: boolean;
}
export async function answer(tool: Tool, bench: Bench, input: unknown, call: Call): Promise<Answered> {
  const quote = quoteMarks();
  const told = (say: string, data: Readonly<Record<string, unknown>>, isError: boolean): Answered => {
    const shown = plainStrings(data);
    return { text: `${say}\n${DATA_NOTE}\n${quote(JSON.stringify(shown))}`, data: shown, isError };
  };
  try {
    const parsed = tool.input.strict().safeParse(input ?? {});
    if (!parsed.success)
      throw new Failure(EXIT.usage, firstFault(tool.input.strict(), input ?? {}) ?? "the input is wrong", "Look at the tool's input schema.");
    const { data, say } = await tool.call(bench, parsed.data, call, quote);
    return told(say, data, false);
  } catch (e) {
    if (call.signal.aborted)
      return told("It was cancelled; its process and its children were ended.", errorOf(bench, new Failure(EXIT.cancelled, "cancelled")), true);
    return told("It could not be done. `message` says why, `action` what to do.", errorOf(bench, e), true);
  }
}
/** What the command line prints of an error, in the words of tools. */
function errorOf(bench: Bench, e: unknown): z.infer<typeof errorSchema> {
  const { error } = failureJson(failureFor(e), (file) => bench.workspace.shown(file));
  return { error: { ...error, message: worded(error.message).slice(0, 4000), action: worded(error.action).slice(0, 1000) } };
}
function failureFor(e: unknown): Failure {
  if (e instanceof Failure) return e;
  if (e instanceof ProfileError) return new Failure(EXIT.usage, e.message);
  const { code } = e as NodeJS.ErrnoException;
  if (typeof code === "string" && /^E[A-Z]+$/.test(code)) return new Failure(EXIT.usage, `a file cannot be read (${code})`);
  return new Failure(EXIT.userError, `JitLens itself failed: ${(e as Error).message}`, "This is a fault of JitLens: please report it.");
}
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/--args "/g, 'args: "'],
  [/--entry\b/g, "entry"],
  [/--device\b/g, "device"],
  [/--pin\b/g, "pins"],
  [/jitlens explain lists/g, "explain_edge lists"],
];
const worded = (text: string): string => WORDS.reduce((s, [from, to]) => s.replace(from, to), text);
/** The same data, without characters that hide text. */
function plainStrings<T>(value: T): T {
  if (typeof value === "string") return plain(value) as T & string;
  if (Array.isArray(value)) return value.map(plainStrings) as T & unknown[];
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plainStrings(v)])) as T & object;
}
