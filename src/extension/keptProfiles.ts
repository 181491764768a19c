// The list of the profiles that are kept, as it stands in its file.
import * as z from "zod";

const kept = z.object({
  id: z.string().regex(/^[a-z0-9-]{1,80}$/),
  function: z.string(),
  /** As the Report writes it: relative to the workspace. */
  file: z.string(),
  line: z.number(),
  created: z.string(),
  /** Milliseconds of a steady call; null where it was only traced. */
  median: z.number().nullable(),
  kernels: z.number(),
  bytes: z.number(),
  commit: z.string().nullable(),
  edited: z.boolean(),
});
/** What is known of a kept Report without reading it. */
export type Kept = Readonly<z.infer<typeof kept>>;
const index = z.object({ version: z.literal(1), profiles: z.array(kept) });
/** Reads the list. Throws where it is another thing. */
export const readKept = (text: string): readonly Kept[] => index.parse(JSON.parse(text)).profiles;
