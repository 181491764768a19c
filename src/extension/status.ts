// The one place in the status bar: what runs, else how long the function took that was profiled last. A click shows what can be done.
import * as vscode from "vscode";
import { showTime } from "../engine/report/exporters/text.ts";
import type { Report } from "../engine/report/types.ts";
import type { Context } from "./context.ts";
import { statusItem } from "./shown.ts";

const isOnGpu = (report: Report): boolean => report.devices[0]?.platform.startsWith("webgpu:") ?? false;
export function registerStatus(c: Context, isJitFile: () => boolean): vscode.Disposable & { refresh(): void } {
  const item = statusItem("jitlens.status", "JitLens", "jitlens.menu");
  const show = (): void => {
    const run = c.session.runs.at(-1);
    const { report } = c.session;
    if (run)
      item.show({
        icon: "sync~spin",
        text: run.fraction ? `${run.name} ${Math.round(100 * run.fraction)} %` : run.name,
        tooltip: `${run.message || vscode.l10n.t("Running {0}", run.name)}. ${vscode.l10n.t("Click to cancel, and for more.")}`,
      });
    else if (report) {
      const { timing } = report;
      item.show({
        icon: "zap",
        text: `${report.function.name} ${timing ? showTime(timing.total.median) : vscode.l10n.t("traced")}${isOnGpu(report) ? " · GPU" : ""}`,
        tooltip: timing
          ? vscode.l10n.t(
              "A steady call takes {0} (minimum {1}, spread {2}). Click for more.",
              showTime(timing.total.median),
              showTime(timing.total.min),
              showTime(timing.total.spread),
            )
          : vscode.l10n.t("Traced, not measured. Click for more."),
      });
    } else if (isJitFile())
      item.show({ icon: "zap", text: "JitLens", tooltip: vscode.l10n.t("Click “jit & profile” above a function, or here for more.") });
    else item.hide();
  };
  const ends = vscode.Disposable.from(item, c.session.onRunning(show), c.session.onReport(show));
  return { refresh: show, dispose: () => ends.dispose() };
}
