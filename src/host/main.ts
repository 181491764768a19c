// The host process: a JSON-RPC server over stdin and stdout. It finds jit functions and starts runners; it never runs user code. It ends, with
// everything it has started, when the extension does: when its input ends, on a signal, and when what it is told makes no sense.
import { dirname, join } from "node:path";
import { type CancellationToken, StreamMessageReader, StreamMessageWriter, createMessageConnection } from "vscode-jsonrpc/node";
import { sweepRunFolders } from "./folders.ts";
import { FrameCheck } from "./frames.ts";
import { withRange } from "./live/errorRange.ts";
import { LiveService } from "./live/service.ts";
import { WarmRunners } from "./live/warm.ts";
import { OutputLimit } from "./outputLimit.ts";
import {
  METHODS,
  type PrepareParams,
  type RunResult,
  cancelParams,
  fixParams,
  liveParams,
  prepareParams,
  runParams,
  sitesParams,
} from "./protocol.ts";
import { languageOf } from "./languages.ts";
import { findCellSites } from "./notebook/sites.ts";
import { startRunOrComparison } from "./compareEngine.ts";
import { type ActiveRun, SOURCES, endAllRuns } from "./run.ts";
import { findSites } from "./sites.ts";
import { Spares } from "./spares.ts";

const dist = join(dirname(__filename), ".."),
  runs = new Map<string, ActiveRun>(),
  spares = new Spares();
function endAll(): void {
  spares.end();
  endAllRuns();
}
function end(code: number, why?: string): never {
  endAll();
  if (why) process.stderr.write(`the host ends: ${why}\n`);
  process.exit(code);
}
for (const [signal, code] of [
  ["SIGTERM", 143],
  ["SIGINT", 130],
  ["SIGHUP", 129],
] as const)
  process.on(signal, () => end(code));
process.on("exit", endAll);
process.on("uncaughtException", (e) => end(1, e.stack ?? String(e)));
process.stdin.on("end", () => end(0));
process.stdin.on("error", () => end(0));
process.stdout.on("error", () => end(0));
const frames = new FrameCheck();
process.stdin.on("data", (d: Buffer) => {
  const wrong = frames.push(d);
  if (wrong) end(1, `its input is not the extension's: ${wrong}`);
});

const connection = createMessageConnection(new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout));
/** Resolves when the extension has taken what was written: what is printed faster than it reads waits in the file's process, not here. */
const taken = (): void | Promise<void> =>
  process.stdout.writableLength < 2 ** 20 ? undefined : new Promise((resolve) => process.stdout.once("drain", () => resolve()));

const warm = new WarmRunners((id, report) => void connection.sendNotification(METHODS.liveReport, { id, report })),
  live = new LiveService(join(dist, "grammars"), warm);
connection.onRequest(METHODS.ping, () => true);
connection.onRequest(METHODS.sites, async (raw: unknown, token: CancellationToken) => {
  const p = sitesParams.parse(raw);
  const options = { cancelled: () => token.isCancellationRequested, ...(p.file === undefined ? {} : { file: p.file }) };
  return p.cells ? findCellSites(join(dist, "grammars"), p.cells, options) : findSites(join(dist, "grammars"), p.languageId, p.text, options);
});
connection.onRequest(METHODS.run, async (raw: unknown): Promise<RunResult> => {
  const p = runParams.parse(raw);
  runs.get(p.id)?.cancel();
  warm.starting(p);
  const output = new OutputLimit((text) => {
      void connection.sendNotification(METHODS.output, { id: p.id, text });
      return taken();
    }),
    run = startRunOrComparison(
      dist,
      p,
      {
        progress: (message, fraction, trials) => void connection.sendNotification(METHODS.progress, { id: p.id, message, fraction, trials }),
        partial: (report, early) => {
          void connection.sendNotification(METHODS.partial, { id: p.id, report });
          if (!early) warm.ready(p.id);
        },
        output: (text) => output.push(text),
        live: (message) => warm.message(p.id, message),
        liveEnded: () => {
          warm.ended(p.id);
          void connection.sendNotification(METHODS.liveEnd, { id: p.id });
        },
      },
      spares,
    );
  runs.set(p.id, run);
  if (p.live) warm.add(p.id, p, run);
  try {
    return await withRange(join(dist, "grammars"), p, await run.result);
  } finally {
    if (run.isWarm) warm.ready(p.id);
    else warm.ended(p.id);
    output.end();
    if (runs.get(p.id) === run) runs.delete(p.id);
    // The next click finds one ready, too.
    if (prepared && runs.size === 0) prepare(prepared);
  }
});
connection.onRequest(METHODS.live, (raw: unknown) => live.edit(liveParams.parse(raw)));
connection.onRequest(METHODS.liveFixes, (raw: unknown) => live.fixes(fixParams.parse(raw)));
let prepared: PrepareParams | null = null;
function prepare(p: PrepareParams): void {
  const command = SOURCES[languageOf(p.languageId)?.source ?? "node"].prepare?.(dist, p);
  if (command) spares.prepare(command);
}
connection.onNotification(METHODS.prepare, (raw: unknown) => {
  const p = prepareParams.safeParse(raw);
  if (!p.success) return;
  prepared = p.data;
  prepare(p.data);
});
connection.onNotification(METHODS.cancel, (raw: unknown) => {
  const p = cancelParams.safeParse(raw);
  if (p.success) runs.get(p.data.id)?.cancel();
});
connection.onNotification(METHODS.stopTrials, (raw: unknown) => {
  const p = cancelParams.safeParse(raw);
  if (p.success) runs.get(p.data.id)?.stopTrials();
});
connection.onNotification(METHODS.seen, (raw: unknown) => {
  const p = cancelParams.safeParse(raw);
  if (p.success) runs.get(p.data.id)?.seen();
});
connection.onError(([e]) => end(1, e.message));
connection.onClose(() => end(0));
connection.listen();
setImmediate(sweepRunFolders);
