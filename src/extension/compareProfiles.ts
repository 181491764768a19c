// Two profiles beside each other: which two is asked here, what is shown of them is the comparison's.
import * as vscode from "vscode";
import type { Report } from "../engine/report/types.ts";
import type { Context } from "./context.ts";
import type { Kept } from "./keptProfiles.ts";
import { pick, say } from "./shown.ts";
import { type Row, whenMade } from "./tree.ts";

type Show = (before: Report, after: Report) => Promise<void>;
/** Two profiles: those that were given, else the person picks. The older one comes first. */
export async function compareKept(c: Context, a: Row | string | undefined, b: Row | string | undefined, show: Show): Promise<void> {
  const all = await c.history.list();
  const given = (x: Row | string | undefined): Kept | undefined =>
    all.find((k) => k.id === (typeof x === "string" ? x : x?.kind === "profile" ? x.profile.id : undefined));
  const first = given(a) ?? (await pickProfile(vscode.l10n.t("Compare which profile?"), all));
  if (!first) return;
  const others = all.filter((k) => k !== first).sort((x, y) => Number(y.function === first.function) - Number(x.function === first.function));
  const second = given(b) ?? (await pickProfile(vscode.l10n.t("Compare {0} of {1} with which?", first.function, whenMade(first.created)), others));
  if (!second) return;
  const [older, newer] = first.created <= second.created ? [first, second] : [second, first];
  await show(await c.history.get(older.id), await c.history.get(newer.id));
}
async function pickProfile(title: string, profiles: readonly Kept[]): Promise<Kept | undefined> {
  if (profiles.length)
    return pick(
      title,
      profiles.map((k) => ({
        label: `${k.function}  ${whenMade(k.created)}`,
        description: [k.file, k.commit?.slice(0, 7)].filter(Boolean).join(" · "),
        value: k,
      })),
    );
  await say.info(vscode.l10n.t("There is no other profile to compare with yet."));
  return undefined;
}
