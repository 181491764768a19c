// A run as a person sees it: in the status bar and at the head of the panel at once, and as a notification with its Cancel button only when it takes long.
import * as vscode from "vscode";
import type { Running, Session } from "./context.ts";
import { progress, progressIn } from "./shown.ts";

/** What takes no longer than this needs no notification. */
const SLOW_MS = 3000;
export type Report = (message: string, fraction: number) => void;
export interface Told {
  readonly report: Report;
  /** There is something to see: from here on the run teaches more, and needs no notification. */
  readonly shown: () => void;
  readonly token: vscode.CancellationToken;
}

export async function asRun<T>(session: Session, name: string, title: string, task: (told: Told) => Promise<T>): Promise<T> {
  const source = new vscode.CancellationTokenSource();
  const run: Running = { name, message: "", fraction: 0, cancel: () => source.cancel() };
  let tell: Report = () => {};
  session.began(run);
  const timer: { slow?: NodeJS.Timeout } = {};
  let seen = (): void => {};
  const isShown = new Promise<void>((resolve) => (seen = resolve));
  const result = task({
    token: source.token,
    // A notification that came before is taken back: what it waited for is there.
    shown() {
      clearTimeout(timer.slow);
      seen();
    },
    report(message, fraction) {
      run.message = message;
      run.fraction = Math.max(run.fraction, fraction);
      session.moved();
      tell(message, fraction);
    },
  });
  for (const view of ["jitlens.graph", "jitlens.profileView"]) progressIn(view, result);
  timer.slow = setTimeout(() => {
    void progress(title, (report, token) => {
      tell = report;
      report(run.message, run.fraction);
      token.onCancellationRequested(() => source.cancel());
      const ended = result.then(
        () => {},
        () => {},
      );
      return Promise.race([ended, isShown]);
    });
  }, SLOW_MS);
  try {
    return await result;
  } finally {
    clearTimeout(timer.slow);
    session.ended(run);
    source.dispose();
  }
}
