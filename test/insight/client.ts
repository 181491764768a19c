// A client of `jitlens mcp` for tests and benches: the protocol's own, and what a call answered.
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";

export interface Called {
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly isError: boolean;
  readonly progress: readonly number[];
}
export interface Caller {
  readonly client: Client;
  readonly pid: number | null;
  call(name: string, input: object, signal?: AbortSignal): Promise<Called>;
  close(): Promise<void>;
}
/** @param program the built server */
export async function connect(
  roots: readonly string[],
  program = fileURLToPath(new URL("../../dist/host/mcp.cjs", import.meta.url)),
): Promise<Caller> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program, ...roots.flatMap((r) => ["--root", r])],
    stderr: "inherit",
  });
  const client = new Client({ name: "jitlens-test", version: "1.0.0" });
  await client.connect(transport);
  // Output schemas are checked by the client once it knows the tools.
  await client.listTools();
  return {
    client,
    pid: transport.pid,
    async call(name, input, signal) {
      const progress: number[] = [];
      const r = await client.callTool({ name, arguments: { ...input } }, undefined, {
        timeout: 600_000,
        onprogress: (p) => progress.push(p.progress),
        ...(signal ? { signal } : {}),
      });
      const content = r.content as readonly { readonly text?: string }[];
      return {
        text: content.map((c) => c.text ?? "").join("\n"),
        data: (r.structuredContent ?? {}) as Readonly<Record<string, unknown>>,
        isError: r.isError === true,
        progress,
      };
    },
    close: () => client.close(),
  };
}
