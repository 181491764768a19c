// Live editing as a whole: what is followed, what the editor shows of it, its line in the language status, and the graph that follows.
import * as vscode from "vscode";
import type { Report } from "../../engine/report/types.ts";
import type { Context } from "../context.ts";
import { fileIndex } from "../places.ts";
import { languageStatus } from "../shown.ts";
import { type KernelChange, changesBetween } from "./changes.ts";
import { LiveEditing, type Off } from "./editing.ts";
import { ledgerEdit } from "./ledger.ts";
import { SELECTOR, registerProviders } from "./providers.ts";

const WHY_OFF: Readonly<Record<Off, () => string>> = {
  setting: () => vscode.l10n.t("Live is switched off."),
  slow: () => vscode.l10n.t("This program takes too long to be traced while you type: live until the next run no more."),
  memory: () => vscode.l10n.t("The runner took too much memory: live again after the next run."),
  ended: () => vscode.l10n.t("Live again after the next run."),
  unavailable: () => vscode.l10n.t("Edits of this file cannot be followed."),
};
export function registerLive(c: Context): { readonly live: LiveEditing; readonly disposable: vscode.Disposable } {
  const live = new LiveEditing(c);
  const status = languageStatus("jitlens.live", SELECTOR, vscode.l10n.t("JitLens live"));
  let said = "";
  const show = (): void => {
    const { picture, off, imported } = live;
    const text = off
      ? WHY_OFF[off]()
      : picture
        ? picture.failure
          ? vscode.l10n.t("{0} cannot be traced as it is", picture.function)
          : vscode.l10n.t("{0} is followed: {1} ms", picture.function, Math.round(picture.milliseconds))
        : vscode.l10n.t("Run a jit function, and its file is followed while you type.");
    const before = imported === null ? "" : vscode.l10n.t("{0} was edited since the run: run the function again.", imported);
    status.set(text, before || said, off === "slow" || off === "memory" || before !== "");
  };
  let last: Report | null = null;
  /** The text of the first picture is the one that was run. */
  const base = (): Report | null => last ?? c.session.report;
  const follow = live.onReport((report) => {
    const document = vscode.workspace.textDocuments.find((d) => fileIndex(report, d.uri) === report.frames[report.function.at]?.file);
    // The text that was run has a report with times.
    if (document && !c.session.isStale(document) && c.session.report?.function.name === report.function.name) {
      if (last) c.session.showLive(null);
      last = null;
      said = "";
      show();
      return;
    }
    const before = base();
    const ran = c.session.report?.function.name === report.function.name ? c.session.report : null;
    const changes = before?.function.name === report.function.name ? changesBetween(before, report) : null;
    last = report;
    const words = (changes?.kernels ?? []).slice(0, 2).map(sentence);
    said = words.join(" ");
    c.session.showLive({
      report,
      changed: [...(changes?.nodes ?? [])],
      decisions: [...(changes?.decisions ?? [])],
      ledger: ran ? ledgerEdit(ran, report, words) : null,
      said,
    });
    show();
  });
  show();
  return {
    live,
    disposable: vscode.Disposable.from(
      live,
      status,
      follow,
      registerProviders(c, live),
      live.onChange(show),
      c.session.onRan((ran) => live.follow(ran)),
      c.session.onGraph(() => {
        last = null;
        said = "";
      }),
    ),
  };
}
function sentence(k: KernelChange): string {
  if (k.kind === "split")
    return k.into === 2
      ? vscode.l10n.t("This edit split the kernel {0} in two.", k.kernel)
      : vscode.l10n.t("This edit split the kernel {0} into {1}.", k.kernel, k.into);
  if (k.kind === "joined") return vscode.l10n.t("This edit joined the kernels {0}.", k.kernels.join(", "));
  return vscode.l10n.t("Kernels: {0} before this edit, {1} now.", k.before, k.after);
}
