// A stand-in for the module "vscode", which exists only inside the editor: what unit tests of the extension's own logic need of it.
export class MarkdownString {
  isTrusted: boolean | undefined;
  supportHtml: boolean | undefined;
  constructor(readonly value: string) {}
}
export const FileType = { File: 1 };
export const window = { setStatusBarMessage: () => ({ dispose() {} }) };
/** English, as where no bundle is loaded. */
export const QuickPickItemKind = { Default: 0, Separator: -1 };
export const l10n = {
  t: (text: string, ...values: readonly (string | number)[]): string =>
    text.replace(/\{(\d+)\}/g, (all, i: string) => String(values[Number(i)] ?? all)),
};
