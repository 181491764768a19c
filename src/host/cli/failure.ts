// What the command line ends with when it cannot do what was asked: a sentence, a place, what to do, and the exit code (docs/cli.md).
import * as z from "zod";
import { flat } from "../../engine/report/exporters/text.ts";
import { relativePath } from "../../engine/report/places.ts";

export const EXIT = { ok: 0, userError: 1, usage: 2, checkFailed: 3, cancelled: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What `--json` prints instead of a result. */
export const errorSchema = z.object({
  error: z.object({
    message: z.string(),
    file: z.string().nullable(),
    line: z.number().int().positive().nullable(),
    column: z.number().int().positive().nullable().describe("in UTF-16 units, from 1"),
    action: z.string().describe("what to do about it"),
  }),
});
export interface Place {
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
}
const NOWHERE: Place = { file: null, line: null, column: null };
export class Failure extends Error {
  override readonly name = "Failure";
  constructor(
    readonly exit: ExitCode,
    message: string,
    readonly action = "",
    readonly place: Place = NOWHERE,
  ) {
    super(message);
  }
}
/** What was named is not there: no such file, no such function in it. */
export class Vanished extends Failure {
  constructor(message: string, action = "", place?: Place) {
    super(EXIT.usage, message, action, place);
  }
}
export const usage = (message: string, action = "", place?: Place): Failure => new Failure(EXIT.usage, message, action, place);

/** Files of the folder that the command runs in are named from there. */
const relative = (file: string): string => relativePath(file, process.cwd());
export function failureText({ message, action, place }: Failure): string {
  const position = [place.line, place.column].filter((n) => n !== null).map((n) => `:${n}`);
  const at = place.file === null ? "" : `${flat(relative(place.file))}${position.join("")}: `;
  return `${at}${message}${action ? `\n${action}` : ""}`;
}
/** @param name what a file is called */
export function failureJson({ message, action, place }: Failure, name = relative): z.infer<typeof errorSchema> {
  return { error: { message, file: place.file === null ? null : name(place.file), line: place.line, column: place.column, action } };
}
