// Checking data from outside, bounded: a list is checked element by element and ends at its first fault, so that a file of a million bad entries is
// refused at once, and no list is longer than its limit. Time is linear in the data.
import * as z from "zod";

// Checks are interpreted, not compiled with `new Function`: that asks for `navigator`, which warns in the extension host.
z.config({ jitless: true });

interface ListRule {
  readonly item: z.ZodType;
  readonly max: number;
}
/** What the JSON Schema generator needs to know of the lists: zod itself sees a refinement only. */
const rules = new WeakMap<object, ListRule>();

/** A list of `item`, at most `max` long. */
export function list<T>(item: z.ZodType<T>, max = 100_000): z.ZodType<T[]> {
  const schema = z.unknown().superRefine((value, context) => {
    if (!Array.isArray(value)) {
      context.addIssue({ code: "custom", message: `expected a list, got ${value === null ? "null" : typeof value}` });
      return;
    }
    if (value.length > max) {
      context.addIssue({ code: "custom", message: `a list of ${value.length} entries is too long: at most ${max} are read` });
      return;
    }
    for (let i = 0; i < value.length; i++) {
      const result = item.safeParse(value[i]);
      if (result.success) continue;
      const issue = result.error.issues[0]!;
      context.addIssue({ code: "custom", path: [i, ...issue.path], message: issue.message });
      return;
    }
  });
  rules.set(schema, { item: item as z.ZodType, max });
  // The refinement has checked exactly what the type says: an array whose every element is a T.
  return schema as unknown as z.ZodType<T[]>;
}
/** The first fault of `data` as a sentence, or null. */
export function firstFault(schema: z.ZodType, data: unknown): string | null {
  const result = schema.safeParse(data);
  if (result.success) return null;
  const issue = result.error.issues[0]!;
  return `${issue.path.map(String).join(".") || "the file"}: ${issue.message}`;
}
/** The JSON Schema of a validator, its lists included. */
export function jsonSchemaOf(schema: z.ZodType): Record<string, unknown> {
  return z.toJSONSchema(schema, {
    io: "input",
    override: ({ zodSchema, jsonSchema }) => {
      const rule = rules.get(zodSchema);
      if (!rule) return;
      const items = jsonSchemaOf(rule.item);
      delete items.$schema;
      Object.assign(jsonSchema, { type: "array", maxItems: rule.max, items });
    },
  }) as Record<string, unknown>;
}

/** Characters of a file that is read at all. */
export const MAX_TEXT = 256 * 2 ** 20;
const MAX_DEPTH = 200;
/** JSON text as data. Refuses what is too long or nested too deeply to be a profile, in linear time. */
export function parseJson(text: string): unknown {
  if (text.length > MAX_TEXT) throw new Error(`it is larger than ${MAX_TEXT / 2 ** 20} MiB`);
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (quoted) {
      if (c === 92 /* \ */) i++;
      else if (c === 34 /* " */) quoted = false;
    } else if (c === 34) quoted = true;
    else if (c === 91 /* [ */ || c === 123 /* { */) {
      if (++depth > MAX_DEPTH) throw new Error(`it is nested more than ${MAX_DEPTH} levels deep`);
    } else if (c === 93 || c === 125) depth--;
  }
  try {
    return JSON.parse(text);
  } catch {
    // V8's message quotes the file: what a stranger wrote does not belong in ours.
    throw new Error("it is not JSON");
  }
}
