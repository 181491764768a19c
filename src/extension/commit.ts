// The commit that a file stands at, read from the repository's own files: no process is started, and no other extension is asked.
import { posix } from "node:path";
import * as vscode from "vscode";

const DEEPEST = 40;
const read = async (uri: vscode.Uri): Promise<string | null> => {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)).trim();
  } catch {
    return null;
  }
};
const exists = async (uri: vscode.Uri): Promise<vscode.FileStat | null> => Promise.resolve(vscode.workspace.fs.stat(uri)).catch(() => null);

/** The folder of git's own files for a file, and the one that it shares with the repository's other work trees. */
async function gitFolder(uri: vscode.Uri): Promise<{ own: vscode.Uri; common: vscode.Uri } | null> {
  for (let at = uri, i = 0; i < DEEPEST; i++) {
    const above = vscode.Uri.joinPath(at, "..");
    if (above.path === at.path) return null;
    at = above;
    const git = vscode.Uri.joinPath(at, ".git");
    const stat = await exists(git);
    if (!stat) continue;
    if (stat.type & vscode.FileType.Directory) return { own: git, common: git };
    const path = /^gitdir: (.+)$/m.exec((await read(git)) ?? "")?.[1];
    if (!path) return null;
    const own = posix.isAbsolute(path) ? git.with({ path }) : vscode.Uri.joinPath(at, path);
    const shared = await read(vscode.Uri.joinPath(own, "commondir"));
    return { own, common: shared ? vscode.Uri.joinPath(own, shared) : own };
  }
  return null;
}
/** The commit's hash, or null where the file is in no repository. */
export async function commitOf(uri: vscode.Uri): Promise<string | null> {
  const git = await gitFolder(uri);
  if (!git) return null;
  const head = await read(vscode.Uri.joinPath(git.own, "HEAD"));
  const ref = /^ref: (refs\/[\w./-]+)$/.exec(head ?? "")?.[1];
  if (!ref) return hash(head);
  const loose = hash(await read(vscode.Uri.joinPath(git.common, ref)));
  if (loose) return loose;
  const packed = (await read(vscode.Uri.joinPath(git.common, "packed-refs"))) ?? "";
  return hash(
    packed
      .split("\n")
      .find((l) => l.endsWith(` ${ref}`))
      ?.split(" ")[0] ?? null,
  );
}
const hash = (text: string | null): string | null => (text && /^[0-9a-f]{40,64}$/.test(text) ? text : null);
interface GitApi {
  getRepository(
    uri: vscode.Uri,
  ): { state: { workingTreeChanges: readonly { uri: vscode.Uri }[]; indexChanges: readonly { uri: vscode.Uri }[] } } | null;
}
/** Whether a file differs from its commit, where the editor's own Git knows it; unsaved text always does. */
export function isEdited(uri: vscode.Uri): boolean {
  const open = [...vscode.workspace.textDocuments, ...vscode.workspace.notebookDocuments];
  if (open.some((d) => d.uri.toString() === uri.toString() && d.isDirty)) return true;
  try {
    const git = vscode.extensions.getExtension<{ getAPI(version: 1): GitApi }>("vscode.git");
    const state = git?.isActive ? git.exports.getAPI(1).getRepository(uri)?.state : undefined;
    return [...(state?.workingTreeChanges ?? []), ...(state?.indexChanges ?? [])].some((c) => c.uri.path === uri.path);
  } catch {
    return false;
  }
}
