// What a run is asked for, and what its outcome means: the same for whoever runs it.
import { existsSync } from "node:fs";
import { basename, extname } from "node:path";
import { flat } from "../../engine/report/exporters/text.ts";
import type { Report } from "../../engine/report/types.ts";
import { parseArgumentTypes } from "../argumentTypes.ts";
import type { RunResult, Site } from "../protocol.ts";
import { EXIT, Failure, usage } from "./failure.ts";
import { type Source, fileOfSite } from "./functions.ts";
import { worded } from "./wording.ts";

const ARGS_ADVICE = 'Write them as in --args "f32[32,64], i32[8]".';
export interface RunOptions {
  readonly args?: string;
  readonly entry?: string;
  readonly device?: string;
  /** Kernels that take time are compiled natively. */
  readonly native?: boolean;
  readonly python?: string;
  readonly pin?: readonly string[];
  readonly seconds?: number;
  readonly values?: boolean;
  /** A Python function's program is run by JitLens's own engine too. */
  readonly compareEngine?: boolean;
  /** For how long changes that may make it faster are tried, seconds. */
  readonly advice?: number;
}
export interface Profiled {
  readonly report: Report;
  /** "digits.trainStep": what files made of it are called. */
  readonly name: string;
  readonly file: string;
  readonly site: Site;
  /** Of JitLens's own engine, where it was asked for. */
  readonly engine?: Report;
}
/** Where runs stand, who hears of them, and what ends them. */
export interface Runs {
  readonly dist: string;
  /** What files run in, and what paths of a Report are relative to. */
  readonly folder: string;
  readonly progress: (message: string, fraction: number) => void;
  readonly output: (text: string) => void | Promise<void>;
  readonly signal?: AbortSignal;
}
/** What is wrong with the options is said before anything runs. */
export function checkOptions(o: RunOptions, { language, cells }: Source): void {
  if (o.python?.trim() === "") throw usage("--python names no program", "Give the path of a Python that has JAX, or leave the option out.");
  if (cells && o.entry !== undefined) throw usage("--entry is for files", "Of a notebook the cells run, from above.");
  if (language.source === "python" && o.device !== undefined && !o.compareEngine)
    throw usage(
      "--device is for programs on JitLens's own engine",
      "Choose JAX's platform: JAX_PLATFORMS=cpu jitlens …; with --compare-engine it is the device of our engine.",
    );
  if (language.source === "python" && o.native)
    throw usage("--native is for programs on JitLens's own engine", "XLA compiles Python programs for this machine's processor anyway.");
  if (language.source !== "python" && o.compareEngine)
    throw usage("--compare-engine is for Python files", "A TypeScript function runs on JitLens's own engine already.");
  if (language.source === "python" && o.pin?.length)
    throw usage("--pin is for programs on JitLens's own engine", "XLA decides what is fused in Python programs.");
  if (language.source === "python" && o.values)
    throw usage("--values is for programs on JitLens's own engine", "XLA's intermediate values are not looked at; jax.debug.print shows one.");
  try {
    if (o.args !== undefined) parseArgumentTypes(o.args);
  } catch (e) {
    throw usage((e as Error).message, ARGS_ADVICE);
  }
  if (o.entry !== undefined && !existsSync(o.entry))
    throw usage(`there is no file ${flat(o.entry)}`, "--entry names the file that calls the function.");
}
export function failureOf(r: Exclude<RunResult, { kind: "report" }>, source: Source, site: Site, o: RunOptions): Failure {
  const place = { file: fileOfSite(source, site), line: site.line + 1, column: site.column + 1 };
  switch (r.kind) {
    case "error": {
      const device = /JITLENS_DEVICE: (.*)/.exec(r.message)?.[1];
      if (o.device !== undefined && device !== undefined) return usage(`--device: ${device}`);
      if (o.args !== undefined && /^\d+ argument types? for /.test(r.message)) return usage(`--args: ${r.message}`, ARGS_ADVICE, place);
      if (o.pin?.length && /^the pin /.test(r.message)) return usage(`--pin: ${r.message}`, "jitlens explain lists the edges of the function.");
      return new Failure(
        o.python !== undefined && /^there is no program "/.test(r.message) ? EXIT.usage : EXIT.userError,
        worded(r.message),
        worded(r.action),
        r,
      );
    }
    case "needs-arguments":
      return usage(
        `${site.name} is not called while the ${source.cells ? "notebook" : "file"} runs, so the types of its arguments are not known`,
        `Give them: --args "f32[2,3]${r.parameters.length > 1 ? ", …" : ""}" for ${site.name}(${r.parameters.join(", ")})${source.cells ? "" : "; or name the file that calls it: --entry FILE"}.`,
        place,
      );
    case "cancelled":
      return new Failure(EXIT.cancelled, "cancelled");
    default:
      return r satisfies never;
  }
}
/** Without what some file system refuses in names. */
export const nameOf = (file: string, site: string): string =>
  `${basename(file, extname(file))}.${site}`.replace(/[^\p{L}\p{N}._$ -]+/gu, "_").slice(0, 150);
