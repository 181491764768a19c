// The runner of programs from elsewhere: reads StableHLO, runs it on our engine with the values that came along, holds its results to those that came
// along too, measures, and makes a Report.
import { cpus } from "node:os";
import type { Level, Report } from "../../engine/report/types.ts";
import { type ProgramToRun, type RawArray, type RunnerParams, type UserError, runnerParams } from "../protocol.ts";
import { agreementOf } from "./agreement.ts";
import { type Channel, openChannel, watchHost } from "./channel.ts";
import { ceilingsOfMachine, costsOfMachine } from "./costs.ts";
import { useDevice } from "./device.ts";
import { type EngineModule, engineVersions, loadEngine, ownEngine } from "./engineApi.ts";

function fromRaw({ numpy: np }: EngineModule, [dtype, shape, data]: RawArray): InstanceType<EngineModule["Array"]> {
  return np.reshape(np.frombuffer(Buffer.from(data, "base64"), { dtype }), shape);
}
function run(engine: EngineModule, channel: Channel, p: RunnerParams, given: ProgramToRun): Report {
  const tools = engine.internals;
  const progress = (message: string, fraction: number): void => channel.send({ kind: "progress", message, fraction });
  tools.hideFramesOf(import.meta.url);
  const missing = useDevice(engine, p);
  // The program's types are what it says, whatever this engine's defaults are.
  engine.config.update("enableX64", true);
  progress("reading the program", 0.1);
  const retraces: Parameters<typeof tools.record>[0]["retraces"][number][] = [];
  tools.onRetrace((e) => retraces.push(e));
  const start = performance.now();
  const program = engine.interop.stablehlo.parse(given.text);
  const body = engine.jaxprAsFun(program.jaxpr);
  const function_ = (...args: Parameters<typeof body>): ReturnType<typeof body> => body(...args);
  Object.defineProperty(function_, "name", { value: p.site.name });
  tools.setNameMapper((fn, names) => (fn === function_ ? given.argumentNames : names));
  const call = engine.jit(function_);
  // What `jit` gives is the function and its tools in one.
  const jitted = call as unknown as Parameters<typeof tools.record>[0]["jitted"];
  const args = given.arguments.map((a) => fromRaw(engine, a));
  const traced = jitted.traceWith(undefined, args);
  const traceMilliseconds = performance.now() - start;
  progress("running it", 0.3);
  const outs = (call as unknown as typeof body)(...args);
  const agreement = agreementOf(
    given.from,
    outs.map((x) => ({ dtype: x.dtype, shape: x.shape, data: x.dataSync() })),
    given.results.map((r) => fromRaw(engine, r)).map((x) => x.dataSync()),
  );
  const [cpu] = cpus();
  const report = tools.record({
    name: p.site.name,
    jitted,
    args,
    position: { file: p.file, line: p.site.line + 1, column: p.site.column + 1, func: p.site.name },
    declared: { line: p.site.line + 1, column: p.site.column + 1, endLine: p.site.endLine + 1, endColumn: p.site.endColumn + 1 },
    traced,
    traceMilliseconds,
    values: args,
    sources: given.sources,
    root: p.root,
    versions: { ...engineVersions(engine, ownEngine, p.root), node: process.version, v8: process.versions.v8, program: given.from },
    machine: { cpu: cpu?.model ?? "unknown", cores: cpus().length, platform: `${process.platform} ${process.arch}` },
    retraces,
    warnings: missing === null ? [] : [{ kind: "deviceMissing", message: missing, frame: null }],
    passes: true,
    ...(p.effort ? { effort: p.effort } : {}),
    ...costsOfMachine(engine, true),
    ...ceilingsOfMachine(engine, true),
    progress,
  });
  const level: Level = { name: "stablehlo", text: { language: "mlir", text: given.text, lines: [] }, regions: [] };
  return {
    ...report,
    source: { ...report.source, kind: "stablehlo", language: "python" },
    programs: report.programs.map((q) => ({ ...q, levels: [level, ...q.levels] })),
    agreement,
  };
}
function failed(e: unknown, p: RunnerParams): UserError {
  const [message] = (e instanceof Error ? e.message : String(e)).split("\n");
  return {
    kind: "error",
    message: `JitLens's engine cannot run ${p.site.name}: ${message}`,
    file: p.file,
    line: p.site.line + 1,
    column: p.site.column + 1,
    action: "Its profile with JAX is there all the same.",
  };
}
async function main(): Promise<void> {
  const loading = loadEngine();
  loading.catch(() => {});
  const { first, channel } = await openChannel();
  const p = runnerParams.parse(first);
  if (!p.program) throw new Error("the runner of programs was started without one");
  watchHost(p.folder, p.mark);
  const engine = await loading;
  try {
    channel.send({ kind: "report", report: run(engine, channel, p, p.program) });
  } catch (e) {
    process.stderr.write(`${e instanceof Error ? (e.stack ?? e.message) : String(e)}\n`);
    channel.send(failed(e, p));
  }
  // The host ends this process; should it be slow, the end comes all the same.
  setTimeout(() => process.exit(0), 5000).unref();
}
void main();
