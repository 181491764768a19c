// Everything that the extension says outside its pages goes through here, so that no text of a profile, a file, user code or an error can become a
// link, a command, an icon or markup. A test holds that no other file calls these parts of VS Code.
import * as vscode from "vscode";
import { SHORT, plain, plainLines, plainMarkdown } from "./shownText.ts";

type Say = (text: unknown, ...buttons: string[]) => Thenable<string | undefined>;
/** Notifications. */
export const say: Readonly<Record<"info" | "warn" | "error", Say>> = {
  info: (text, ...buttons) => vscode.window.showInformationMessage(plain(text), ...buttons),
  warn: (text, ...buttons) => vscode.window.showWarningMessage(plain(text), ...buttons),
  error: (text, ...buttons) => vscode.window.showErrorMessage(plain(text), ...buttons),
};
/** A question that must be answered first; `detail` stands on its own, as it is. */
export async function confirm(question: string, detail: unknown, yes: string): Promise<boolean> {
  return (await vscode.window.showWarningMessage(plain(question), { modal: true, detail: plainLines(detail) }, yes)) === yes;
}
export const statusMessage = (text: unknown, milliseconds: number): vscode.Disposable =>
  vscode.window.setStatusBarMessage(`$(warning) ${plain(text, SHORT)}`, milliseconds);

/** A notification with progress that can be cancelled. `fraction` goes from 0 to 1. */
export function progress<T>(
  title: string,
  task: (report: (message: string, fraction: number) => void, token: vscode.CancellationToken) => Thenable<T>,
): Thenable<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: plain(title, SHORT), cancellable: true },
    async (shown, token) => {
      let last = 0;
      return task((message, fraction) => {
        shown.report({ message: plain(message, SHORT), increment: Math.max(0, 100 * (fraction - last)) });
        last = Math.max(last, fraction);
      }, token);
    },
  );
}
export interface Choice<T> {
  readonly label: string;
  readonly description?: string;
  readonly group?: string;
  /** One of ours, in front. */
  readonly icon?: string;
  readonly value: T;
}
/** Choices of one group stand together, under its name. */
export async function pick<T>(title: string, choices: readonly Choice<T>[]): Promise<T | undefined> {
  const items = choices.flatMap((c, i) => {
    const item = {
      label: `${c.icon ? `$(${c.icon}) ` : ""}${plain(c.label, SHORT)}`,
      description: plain(c.description ?? "", SHORT),
      value: c.value,
    };
    const isFirst = c.group !== undefined && c.group !== choices[i - 1]?.group;
    return isFirst ? [{ label: plain(c.group, SHORT), kind: vscode.QuickPickItemKind.Separator, value: undefined }, item] : [item];
  });
  return (await vscode.window.showQuickPick(items, { title: plain(title, SHORT), matchOnDescription: true }))?.value;
}
export interface Question {
  readonly title: string;
  readonly prompt: string;
  readonly value: string;
  readonly placeHolder: string;
  /** What is wrong with an answer, or null. */
  readonly check: (answer: string) => string | null;
}
export const ask = (q: Question): Thenable<string | undefined> =>
  vscode.window.showInputBox({
    title: plain(q.title, SHORT),
    prompt: plain(q.prompt),
    value: q.value,
    placeHolder: plain(q.placeHolder, SHORT),
    ignoreFocusOut: true,
    validateInput: (text) => {
      const wrong = q.check(text);
      return wrong === null ? null : plain(wrong);
    },
  });
export function diagnostic(range: vscode.Range, text: unknown, severity: vscode.DiagnosticSeverity): vscode.Diagnostic {
  const d = new vscode.Diagnostic(range, plainLines(text), severity);
  d.source = "JitLens";
  return d;
}
/** A hover: never trusted, no HTML, every character as it is. */
export function hover(text: unknown): vscode.MarkdownString {
  const m = new vscode.MarkdownString(plainMarkdown(text));
  m.isTrusted = false;
  m.supportHtml = false;
  return m;
}
/** A hover of several lines under a title, each only words. */
export function hoverList(range: vscode.Range, title: string, lines: readonly unknown[]): vscode.Hover {
  const m = new vscode.MarkdownString([`**${plainMarkdown(title)}**`, "", ...lines.map((l) => `- ${plainMarkdown(l, SHORT)}`)].join("\n"));
  m.isTrusted = false;
  m.supportHtml = false;
  return new vscode.Hover(m, range);
}
/** Text at a line's end. */
export const lineEnd = (range: vscode.Range, text: unknown, tip: unknown): vscode.DecorationOptions => ({
  range,
  hoverMessage: hover(tip),
  renderOptions: { after: { contentText: plain(text, SHORT) } },
});
/** A lens; `icon` is ours and stands in front. */
export const lens = (
  range: vscode.Range,
  l: { readonly icon?: string; readonly title: string; readonly tooltip: string; readonly command: string; readonly arguments: unknown[] },
): vscode.CodeLens =>
  new vscode.CodeLens(range, {
    title: `${l.icon ? `$(${l.icon}) ` : ""}${plain(l.title, SHORT)}`,
    tooltip: plain(l.tooltip, SHORT),
    command: l.command,
    arguments: l.arguments,
  });
export interface Entry {
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  readonly icon?: string;
  /** Which commands its menu has. */
  readonly kind: string;
  readonly open?: { readonly command: string; readonly title: string; readonly arguments: unknown[] };
  readonly children?: "open" | "closed";
}
/** A row of a tree. */
export function treeItem(e: Entry): vscode.TreeItem {
  const state = { open: vscode.TreeItemCollapsibleState.Expanded, closed: vscode.TreeItemCollapsibleState.Collapsed };
  const item = new vscode.TreeItem(plain(e.label, SHORT), e.children ? state[e.children] : vscode.TreeItemCollapsibleState.None);
  item.contextValue = e.kind;
  if (e.description !== undefined) item.description = plain(e.description, SHORT);
  item.tooltip = plain(e.tooltip ?? e.label);
  if (e.icon) item.iconPath = new vscode.ThemeIcon(e.icon);
  if (e.open) item.command = e.open;
  return item;
}
export interface StatusItem extends vscode.Disposable {
  /** `icon` is ours and stands in front. */
  show(s: { readonly icon: string; readonly text: string; readonly tooltip: string; readonly kind?: "error" }): void;
  hide(): void;
}
/** The extension's one place in the status bar. */
export function statusItem(id: string, name: string, command: string): StatusItem {
  const item = vscode.window.createStatusBarItem(id, vscode.StatusBarAlignment.Left, 40);
  item.name = name;
  item.command = command;
  return {
    show({ icon, text, tooltip, kind }) {
      item.text = `$(${icon}) ${plain(text, SHORT)}`;
      item.tooltip = plain(tooltip);
      item.accessibilityInformation = { label: plain(`${name}: ${text}. ${tooltip}`), role: "button" };
      item.backgroundColor = kind === "error" ? new vscode.ThemeColor("statusBarItem.errorBackground") : undefined;
      item.show();
    },
    hide: () => item.hide(),
    dispose: () => item.dispose(),
  };
}
/** A moving bar at the head of a view, for as long as something lasts. */
export const progressIn = (viewId: string, until: Promise<unknown>): void =>
  void vscode.window.withProgress({ location: { viewId } }, () =>
    until.then(
      () => {},
      () => {},
    ),
  );
/** A type behind a variable's name. */
export function inlayHint(at: vscode.Position, text: unknown, tip: unknown): vscode.InlayHint {
  const h = new vscode.InlayHint(at, plain(text, SHORT), vscode.InlayHintKind.Type);
  h.paddingLeft = true;
  h.tooltip = plain(tip, SHORT);
  return h;
}
/** A change that mends what a diagnostic is about. */
export function quickFix(title: unknown, edit: vscode.WorkspaceEdit, of: vscode.Diagnostic, isPreferred: boolean): vscode.CodeAction {
  const a = new vscode.CodeAction(plain(title, SHORT), vscode.CodeActionKind.QuickFix);
  a.edit = edit;
  a.diagnostics = [of];
  a.isPreferred = isPreferred;
  return a;
}
/** A command that is offered at a place; `of` is the diagnostic that it is about. */
export function commandFix(title: unknown, command: string, values: unknown[], of: vscode.Diagnostic | undefined): vscode.CodeAction {
  const a = new vscode.CodeAction(plain(title, SHORT), vscode.CodeActionKind.QuickFix);
  a.command = { title: plain(title, SHORT), command, arguments: values };
  if (of) a.diagnostics = [of];
  return a;
}
export interface LanguageStatus extends vscode.Disposable {
  set(text: unknown, detail: unknown, warns: boolean): void;
}
/** A line in the status of the language. */
export function languageStatus(id: string, selector: vscode.DocumentSelector, name: string): LanguageStatus {
  const item = vscode.languages.createLanguageStatusItem(id, selector);
  item.name = name;
  return {
    set(text, detail, warns) {
      item.text = plain(text, SHORT);
      item.detail = plain(detail, SHORT);
      item.severity = warns ? vscode.LanguageStatusSeverity.Warning : vscode.LanguageStatusSeverity.Information;
    },
    dispose: () => item.dispose(),
  };
}
/** What a tool for agents answers. Its text is marked as data where it is not ours. */
export const toolResult = (text: string): vscode.LanguageModelToolResult =>
  new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
/** What a chat shows of a tool before and while it runs; with a question, it is asked first. */
export function preparedTool(doing: unknown, ask?: { readonly title: unknown; readonly message: unknown }): vscode.PreparedToolInvocation {
  return {
    invocationMessage: plain(doing),
    ...(ask ? { confirmationMessages: { title: plain(ask.title, SHORT), message: hover(ask.message) } } : {}),
  };
}
