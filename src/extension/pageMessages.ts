// What a page says, checked at the door: a page shows what came from files.
import * as z from "zod";
import { isPin } from "./pinText.ts";
import type { FromView } from "../views/messages.ts";

const id = z.string().max(10_000);
const selection = z.discriminatedUnion("kind", [
  z.object({ kind: z.enum(["node", "kernel", "decision"]), id }),
  z.object({ kind: z.literal("line"), file: id, line: z.number().int().positive() }),
]);
const insight = z.object({ rule: id, file: z.number().int().min(0), line: z.number().int().positive(), text: z.string().max(100_000) });
const message = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready") }),
  z.object({ type: z.literal("export") }),
  z.object({ type: z.literal("compare") }),
  z.object({ type: z.literal("graph") }),
  z.object({ type: z.literal("stopTrials") }),
  z.object({ type: z.enum(["apply", "snippet"]), report: id, insight }),
  z.object({ type: z.literal("picture"), format: z.enum(["svg", "png"]), to: z.enum(["file", "clipboard"]), data: z.string().max(64 * 2 ** 20) }),
  z.object({
    type: z.literal("pin"),
    pins: z.array(z.string().refine(isPin)).max(10_000),
    keep: z.boolean(),
  }),
  z.object({ type: z.literal("painted"), marks: z.record(z.string().max(40), z.number()) }),
  z.object({ type: z.literal("select"), selection: selection.nullable() }),
  z.object({ type: z.literal("reveal"), file: z.string().max(4096), line: z.number().int().positive(), column: z.number().int().positive() }),
]);
/** Reads a message of a page; null for anything that is not one. */
export function readMessage(raw: unknown): FromView | null {
  const r = message.safeParse(raw);
  return r.success ? r.data : null;
}
