// The host process: a JSON-RPC server over stdin and stdout. It finds jit functions and starts runners; it never runs user code.
import { dirname, join } from "node:path";
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";
import { METHODS, type RunResult, runParams, sitesParams } from "./protocol.ts";
import { type ActiveRun, startRun } from "./run.ts";
import { findSites } from "./sites.ts";

const dist = join(dirname(__filename), "..");
const connection = createMessageConnection(new StreamMessageReader(process.stdin), new StreamMessageWriter(process.stdout));
const runs = new Map<string, ActiveRun>();

connection.onRequest(METHODS.sites, async (raw: unknown) => {
  const p = sitesParams.parse(raw);
  return findSites(join(dist, "grammars"), p.languageId, p.text);
});
connection.onRequest(METHODS.run, async (raw: unknown): Promise<RunResult> => {
  const p = runParams.parse(raw);
  runs.get(p.id)?.cancel();
  const run = startRun(dist, p, {
    progress: (message, fraction) => void connection.sendNotification(METHODS.progress, { id: p.id, message, fraction }),
    output: (text) => void connection.sendNotification(METHODS.output, { id: p.id, text }),
  });
  runs.set(p.id, run);
  try {
    return await run.result;
  } finally {
    if (runs.get(p.id) === run) runs.delete(p.id);
  }
});
connection.onNotification(METHODS.cancel, (raw: unknown) => {
  const id = (raw as { id?: unknown } | null)?.id;
  if (typeof id === "string") runs.get(id)?.cancel();
});
connection.onClose(() => {
  for (const r of runs.values()) r.cancel();
  process.exit(0);
});
process.on("exit", () => {
  for (const r of runs.values()) r.cancel();
});
connection.listen();
