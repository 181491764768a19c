// The source for Python: the user's own interpreter runs the bridge, which runs the file with the user's own JAX; what it sends becomes a Report here.
import { spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { join } from "node:path";
import type { Report } from "../../engine/report/types.ts";
import { parseArgumentTypes } from "../argumentTypes.ts";
import type { ProgramToRun, RunParams } from "../protocol.ts";
import { plainCell } from "../notebook/magics.ts";
import { type Interpreter, findInterpreter } from "../python/interpreter.ts";
import { type BridgeRecord, bridgeMore, bridgeRecord } from "../python/record.ts";
import { withEstimates } from "../python/estimates/estimates.ts";
import { argumentName } from "../python/jaxprLevel.ts";
import { jaxReport, withMore } from "../python/report.ts";
import { userEnvironment } from "./environment.ts";
import type { ReportSource } from "./source.ts";

const SIGNALS: Readonly<Record<string, string>> = {
  SIGSEGV: "a segmentation fault: a library of compiled code did wrong",
  SIGABRT: "an abort: a library of compiled code gave up",
  SIGKILL: "SIGKILL: the system may have run out of memory",
  SIGBUS: "a bus error",
  SIGILL: "an instruction that this processor does not have",
};
const interpreterOf = (p: RunParams): Interpreter | null => findInterpreter({ ...p.python, file: p.file, root: p.root ?? null });
/** Whether a program that ended early does not do what Python does; one that could not be asked is given the benefit of the doubt. */
function isNoPython(python: Interpreter): boolean {
  const asked = spawnSync(python.path, [...python.args, "-c", "print('jit' + 'lens')"], { encoding: "utf8", timeout: 3000, windowsHide: true });
  return !asked.error && asked.signal === null && !asked.stdout.includes("jitlens");
}
/** The innermost line of a file in what faulthandler writes when a process crashes (innermost calls first). */
function lineOfCrash(text: string, file: string): number | undefined {
  for (const [, name, line] of text.matchAll(/^ {2}File "(.*)", line (\d+) in /gm)) if (name === file) return Number(line);
  return undefined;
}
/** Exit codes of Windows for what are signals elsewhere. */
const WINDOWS_FAULTS: Readonly<Record<number, string>> = { 3221225477: "SIGSEGV", 3221226505: "SIGABRT" };

/** What our engine's Report says as JAX's does: names, files. */
const aboutProgram = (r: BridgeRecord): Pick<ProgramToRun, "argumentNames" | "from" | "sources"> => ({
  argumentNames: r.arguments.slice(r.regions[0]?.consts ?? 0).map((a, i) => argumentName(a) ?? `argument ${i}`),
  from: `JAX ${r.versions.jax ?? ""}`.trim(),
  sources: Object.entries(r.files).map(([file, text]) => ({ file, text })),
});
export const pythonSource: ReportSource = {
  id: "python",
  command(dist, p) {
    const python = interpreterOf(p);
    return {
      command: python?.path ?? "python3",
      // Unbuffered, so that what is printed is seen before a crash.
      args: [...(python?.args ?? []), "-u", join(dist, "bridge", "jitlens_bridge.py")],
      env: { ...userEnvironment(), PYTHONIOENCODING: "utf-8", ...p.env },
    };
  },
  about: (p) => {
    const python = interpreterOf(p);
    return python && `${python.path} runs the file (${python.from})`;
  },
  extra(p) {
    const types = p.args ?? p.site.traceTag;
    return {
      ...(types === null ? {} : { types: parseArgumentTypes(types) }),
      // What runs of a cell is plain Python; what its lines say stays as it is written.
      ...(p.cells ? { cells: p.cells.map((c) => ({ ...c, ...plainCell(c.text) })) } : {}),
    };
  },
  reader(p, program) {
    const python = interpreterOf(p);
    let first: Report | null = null;
    return (raw) => {
      const more = bridgeMore.safeParse(raw);
      if (more.success && first) return withEstimates(withMore(first, more.data.more, p));
      const [cpu] = cpus();
      const machine = { cpu: cpu?.model ?? "unknown", cores: cpus().length, platform: `${process.platform} ${process.arch}` };
      const record = bridgeRecord.parse(raw);
      const { engine } = record;
      if (engine) program("why" in engine ? engine : { ...engine, ...aboutProgram(record) });
      const made = jaxReport(record, record.site ?? p.site, p, { ...machine, interpreter: python ? `${python.path} (${python.from})` : "unknown" });
      // What an edit is traced as is another program: what the run learns goes on with the run's.
      if (!record.site) first = made;
      return withEstimates(made);
    };
  },
  notStarted(p, e) {
    const python = interpreterOf(p);
    return {
      message: !python
        ? "there is no Python to run your file with"
        : e.code === "ENOENT"
          ? `there is no program "${python.path}", which ${python.from} names, to run your file with`
          : `${python.path} could not be started: ${e.message}`,
      action: "Install Python 3.10 or newer with JAX (python3 -m pip install jax), or set jitlens.python to the interpreter that has it.",
    };
  },
  ended(p, { code, signal, stderr }) {
    const by = signal ?? WINDOWS_FAULTS[code ?? 0];
    const [before = "", crash] = by ? stderr.split(/^Fatal Python error: /m) : [stderr];
    const last = before.trim().split("\n").slice(-3).join(" ").slice(-500);
    const said = last ? ` Its last words: ${last}` : "";
    const line = crash === undefined ? undefined : lineOfCrash(crash, p.file);
    if (by)
      return {
        message: `Python was ended by ${SIGNALS[by] ?? by} before ${p.site.name} was measured`,
        action: `Look at the output channel JitLens${line === undefined ? "; python -X faulthandler shows the line" : ""}.${said}`,
        line,
      };
    if (/SyntaxError|unsupported hash type|No module named/.test(stderr) && /jitlens_bridge/.test(stderr))
      return {
        message: `${interpreterOf(p)?.path ?? "Python"} is too old or broken`,
        action: `Choose Python 3.10 or newer with jitlens.python.${said}`,
      };
    const python = interpreterOf(p);
    if (python && isNoPython(python))
      return {
        message: `${python.path}, which ${python.from} names, is not a Python: it ended with exit code ${code}`,
        action: `Choose Python 3.10 or newer with jitlens.python.${said || " It printed no error."}`,
      };
    return {
      message: `your file ended with exit code ${code} before ${p.site.name} was called`,
      action: code === 0 ? "Remove os._exit, or call the function before it." : `Look at the output channel JitLens.${said}`,
    };
  },
};
