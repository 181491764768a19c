// Context keys: what menus, key bindings and the palette ask before they offer a command.
import * as vscode from "vscode";
import { type Context, isJitDocument } from "./context.ts";

const WAIT_MS = 200;
export interface Keys extends vscode.Disposable {
  readonly isJitFile: () => boolean;
  readonly onChange: vscode.Event<void>;
}

export function registerKeys(c: Context): Keys {
  const said = new Map<string, unknown>();
  const changed = new vscode.EventEmitter<void>();
  const set = (name: string, value: unknown): void => {
    if (said.get(name) === value) return;
    said.set(name, value);
    void vscode.commands.executeCommand("setContext", `jitlens.${name}`, value);
  };
  const file = (): void => {
    const before = said.get("inJitFile");
    set("inJitFile", isJitDocument(vscode.window.activeTextEditor?.document));
    if (before !== said.get("inJitFile")) changed.fire();
  };
  let timer: NodeJS.Timeout | undefined;
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(file, WAIT_MS);
  };
  const report = (): void => set("hasReport", c.session.report !== null);
  const runs = (): void => set("running", c.session.runs.length > 0);
  const kept = async (): Promise<void> => set("profiles", (await c.history.list()).length);
  file();
  report();
  runs();
  void kept();
  const ends = vscode.Disposable.from(
    changed,
    c.session.onReport(report),
    c.session.onRunning(runs),
    c.history.onChange(() => void kept()),
    vscode.window.onDidChangeActiveTextEditor(file),
    vscode.workspace.onDidChangeTextDocument((e) => {
      if (e.document === vscode.window.activeTextEditor?.document) soon();
    }),
  );
  return {
    isJitFile: () => said.get("inJitFile") === true,
    onChange: changed.event,
    dispose() {
      clearTimeout(timer);
      ends.dispose();
    },
  };
}
