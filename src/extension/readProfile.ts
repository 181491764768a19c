// Reading a saved profile: its size is looked at before it is read, and before it is unpacked.
import { promisify } from "node:util";
import { gunzipSync, gzip } from "node:zlib";
import * as vscode from "vscode";

const MEBIBYTE = 2 ** 20;
export const LARGEST_FILE = 128 * MEBIBYTE,
  LARGEST_TEXT = 256 * MEBIBYTE;

/** The text of a profile, unpacked where it is gzipped. Throws an Error that says the size and the limit. */
export async function readProfileText(uri: vscode.Uri): Promise<string> {
  const { size, type } = await vscode.workspace.fs.stat(uri);
  if (!(type & vscode.FileType.File)) throw new Error(vscode.l10n.t("this is not a JitLens profile: it is not a file"));
  if (size > LARGEST_FILE) throw new Error(tooLarge(size, LARGEST_FILE));
  return profileText(await vscode.workspace.fs.readFile(uri));
}
/** A profile as it is kept. */
export const packProfile = async (profile: string | Uint8Array): Promise<Uint8Array> =>
  typeof profile !== "string" && profile[0] === 0x1f && profile[1] === 0x8b ? profile : promisify(gzip)(profile);
export function profileText(bytes: Uint8Array, largest = LARGEST_TEXT): string {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return new TextDecoder().decode(bytes);
  try {
    return new TextDecoder().decode(gunzipSync(bytes, { maxOutputLength: largest }));
  } catch (e) {
    throw new Error(
      (e as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE"
        ? tooLarge(null, largest)
        : vscode.l10n.t("this is not a JitLens profile: it cannot be unpacked ({0})", (e as Error).message),
    );
  }
}
const tooLarge = (size: number | null, most: number): string =>
  size === null
    ? vscode.l10n.t("this profile is too large: it unpacks to more than the {0} MiB that are read", most / MEBIBYTE)
    : vscode.l10n.t("this profile is too large: it has {0} MiB, more than the {1} MiB that are read", Math.ceil(size / MEBIBYTE), most / MEBIBYTE);
