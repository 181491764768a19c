// First contact: an example in a folder of its own, or a new file with a small program that runs with one click.
import { posix } from "node:path";
import * as vscode from "vscode";
import type { Context } from "./context.ts";
import { typesInto } from "./library/add.ts";
import { pick, say } from "./shown.ts";

interface Example {
  readonly id: string;
  readonly language: "TypeScript" | "Python";
  readonly name: () => string;
  readonly what: () => string;
  /** The file that opens; the folder is copied whole. */
  readonly file: string;
  /** Files of examples/data that it reads; they are shipped once. */
  readonly data?: readonly string[];
}
const EXAMPLES: readonly Example[] = [
  {
    id: "first-steps",
    language: "TypeScript",
    name: () => vscode.l10n.t("First steps"),
    what: () => vscode.l10n.t("twenty lines: jit, grad, and what the compiler fuses"),
    file: "first-steps.ts",
  },
  {
    id: "digits",
    language: "TypeScript",
    name: () => vscode.l10n.t("Handwritten digits"),
    what: () => vscode.l10n.t("trains a small network to 96 % in seconds"),
    file: "digits.ts",
    data: ["digits.csv.gz", "README.md"],
  },
  {
    id: "transformer",
    language: "TypeScript",
    name: () => vscode.l10n.t("A transformer"),
    what: () => vscode.l10n.t("a large graph: attention, layers, their gradient"),
    file: "transformer.ts",
  },
  {
    id: "gpt",
    language: "TypeScript",
    name: () => vscode.l10n.t("A small GPT"),
    what: () => vscode.l10n.t("a language model that writes letter by letter"),
    file: "gpt.ts",
    data: ["sonnets.txt", "README.md"],
  },
  {
    id: "vae",
    language: "TypeScript",
    name: () => vscode.l10n.t("A variational autoencoder"),
    what: () => vscode.l10n.t("images as points of a cloud, and back"),
    file: "vae.ts",
    data: ["digits.csv.gz", "README.md"],
  },
  {
    id: "diffusion",
    language: "TypeScript",
    name: () => vscode.l10n.t("Diffusion"),
    what: () => vscode.l10n.t("learns to turn noise into points of a spiral"),
    file: "diffusion.ts",
  },
  {
    id: "dalle",
    language: "TypeScript",
    name: () => vscode.l10n.t("Text to image"),
    what: () => vscode.l10n.t("draws pictures for captions, in the manner of DALL·E mini"),
    file: "dalle.ts",
  },
  {
    id: "resnet",
    language: "TypeScript",
    name: () => vscode.l10n.t("A residual network"),
    what: () => vscode.l10n.t("convolutions and batch normalization, as modules of nnx"),
    file: "resnet.ts",
    data: ["digits.csv.gz", "README.md"],
  },
  {
    id: "molecules",
    language: "TypeScript",
    name: () => vscode.l10n.t("Molecular dynamics"),
    what: () => vscode.l10n.t("64 atoms of argon, with forces from a gradient"),
    file: "molecules.ts",
  },
  {
    id: "neuralode",
    language: "TypeScript",
    name: () => vscode.l10n.t("A neural differential equation"),
    what: () => vscode.l10n.t("learns the motion of a pendulum"),
    file: "neuralode.ts",
  },
  {
    id: "gaussianprocess",
    language: "TypeScript",
    name: () => vscode.l10n.t("A Gaussian process"),
    what: () => vscode.l10n.t("a curve through noisy points, with its uncertainty"),
    file: "gaussianprocess.ts",
  },
  {
    id: "python",
    language: "Python",
    name: () => vscode.l10n.t("JAX in Python"),
    what: () => vscode.l10n.t("needs Python with jax; JitLens finds your environment"),
    file: "python/headline.py",
  },
];
const folderOf = (c: Context): vscode.Uri => vscode.Uri.joinPath(c.extension.extensionUri, "dist", "examples");

/** Copies an example into a folder that the person picks, and opens it. */
export async function openExample(c: Context, id?: string, into?: vscode.Uri): Promise<void> {
  const there = await available(c);
  const example =
    there.find((e) => e.id === id) ??
    (await pick(
      vscode.l10n.t("Which example?"),
      there.map((e) => ({ label: `${e.language}: ${e.name()}`, description: e.what(), value: e })),
    ));
  if (!example) return;
  const folder = into ?? (await askFolder());
  if (!folder) return;
  const target = await unused(vscode.Uri.joinPath(folder, `jitlens-${example.id}`));
  await vscode.workspace.fs.copy(vscode.Uri.joinPath(folderOf(c), example.id), target);
  for (const name of example.data ?? [])
    await vscode.workspace.fs.copy(vscode.Uri.joinPath(folderOf(c), "data", name), vscode.Uri.joinPath(target, "data", name));
  if (example.language === "TypeScript") await typesInto(c, target.fsPath);
  const file = vscode.Uri.joinPath(target, example.file);
  // Inside the open folder the file is enough; elsewhere its folder becomes the workspace, and the file opens in it.
  if (vscode.workspace.getWorkspaceFolder(target)) await vscode.window.showTextDocument(file);
  else {
    await c.extension.globalState.update(OPEN_NEXT, file.toString());
    await vscode.commands.executeCommand("vscode.openFolder", target, { forceNewWindow: vscode.workspace.workspaceFolders !== undefined });
  }
}
const OPEN_NEXT = "openNext";
/** The file of an example whose folder has just been opened. */
export async function openPending(c: Context): Promise<void> {
  const pending = c.extension.globalState.get<string>(OPEN_NEXT);
  if (!pending) return;
  const uri = vscode.Uri.parse(pending);
  if (!vscode.workspace.getWorkspaceFolder(uri)) return;
  await c.extension.globalState.update(OPEN_NEXT, undefined);
  await vscode.window.showTextDocument(uri);
}
/** Examples whose folder came with this package. */
async function available(c: Context): Promise<Example[]> {
  const folders = new Set((await vscode.workspace.fs.readDirectory(folderOf(c))).map(([name]) => name));
  return EXAMPLES.filter((e) => folders.has(e.id));
}
async function askFolder(): Promise<vscode.Uri | undefined> {
  const open = vscode.workspace.workspaceFolders?.filter((f) => f.uri.scheme === "file") ?? [];
  const how = open.length
    ? await pick<vscode.Uri | "other">(vscode.l10n.t("Where shall it be copied to?"), [
        ...open.map((f) => ({ label: vscode.l10n.t("Into the open folder"), description: f.name, value: f.uri })),
        { label: vscode.l10n.t("Into another folder…"), value: "other" },
      ])
    : "other";
  if (how !== "other") return how;
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFolders: true,
      canSelectFiles: false,
      openLabel: vscode.l10n.t("Copy Here"),
      title: vscode.l10n.t("Where shall the example be copied to?"),
    })) ?? [];
  return folder;
}
/** A folder's name that is not taken yet. */
async function unused(uri: vscode.Uri): Promise<vscode.Uri> {
  for (let i = 1; ; i++) {
    const candidate = i === 1 ? uri : uri.with({ path: `${uri.path}-${i}` });
    try {
      await vscode.workspace.fs.stat(candidate);
    } catch {
      return candidate;
    }
    if (i > 100) throw new Error(vscode.l10n.t("{0} is there a hundred times already", posix.basename(uri.path)));
  }
}
/** A new document with a small program. It needs no folder and no saving to run. */
export async function newJitFile(c: Context): Promise<void> {
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folderOf(c), "first-steps", "first-steps.ts")));
  const document = await vscode.workspace.openTextDocument({ language: "typescript", content: text });
  await vscode.window.showTextDocument(document);
  if (!vscode.workspace.isTrusted) void say.info(vscode.l10n.t("JitLens runs nothing before this workspace is trusted."));
}
