// Reading the file of a notebook (nbformat 4, JSON): its code cells with their languages. In the editor the open document is read instead.
import * as z from "zod";
import { type Cell, cellPath } from "./cells.ts";

const metadata = z.object({
  kernelspec: z
    .object({ language: z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
  language_info: z
    .object({ name: z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
});
const cell = z.object({
  cell_type: z.string(),
  source: z.union([z.string(), z.array(z.string())]),
  metadata: z
    .looseObject({ vscode: z.object({ languageId: z.string().optional() }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});
const notebook = z.object({ nbformat: z.number(), metadata: metadata.optional().catch(undefined), cells: z.array(cell) });

export interface ReadNotebook {
  /** The cells of Python, in order. */
  readonly cells: readonly Cell[];
  /** The language that code cells have where they name no other. */
  readonly language: string;
}
/**
 * @param file the notebook's path
 * @param text what is in it
 * Throws an Error in one sentence where it is no notebook of nbformat 4.
 */
export function readNotebook(file: string, text: string): ReadNotebook {
  let raw: unknown;
  try {
    raw = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (e) {
    throw new Error(`this is no notebook: ${(e as Error).message}`, { cause: e });
  }
  const version = z.object({ nbformat: z.number() }).safeParse(raw);
  if (version.success && version.data.nbformat < 4) throw new Error(`this notebook is of format ${version.data.nbformat}, and 4 is read`);
  const read = notebook.safeParse(raw);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new Error(`this is no notebook: ${issue?.path.join(".") || "the whole"}: ${issue?.message ?? "it cannot be read"}`);
  }
  const { data } = read;
  const language = (data.metadata?.language_info?.name ?? data.metadata?.kernelspec?.language ?? "python").toLowerCase();
  const code = data.cells.filter((c) => c.cell_type === "code");
  const cells = code.flatMap((c, i): Cell[] => {
    const own = c.metadata?.vscode?.languageId ?? language;
    return own === "python" ? [{ file: cellPath(file, i + 1), text: typeof c.source === "string" ? c.source : c.source.join("") }] : [];
  });
  return { cells, language };
}
