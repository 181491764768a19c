// A .tgz as npm reads it: ustar headers, contents in blocks of 512 bytes, gzipped. The same files give the same bytes.
import { gzipSync } from "node:zlib";

export interface ArchiveEntry {
  /** With slashes. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly executable?: boolean;
}
const BLOCK = 512,
  NAME_LENGTH = 100,
  PREFIX_LENGTH = 155;
/** npm's own: packages have no time. */
const TIME = Date.UTC(1985, 9, 26, 8, 15) / 1000;

const octal = (n: number, length: number): string => `${n.toString(8).padStart(length - 1, "0")}\0`;
/** A long path is split at a slash into a prefix and a name. */
function split(path: string): { name: string; prefix: string } {
  if (path.length <= NAME_LENGTH) return { name: path, prefix: "" };
  const at = path.indexOf("/", path.length - NAME_LENGTH - 1);
  if (at < 0 || at > PREFIX_LENGTH) throw new Error(`the path ${path} is too long for an archive`);
  return { name: path.slice(at + 1), prefix: path.slice(0, at) };
}
function header(e: ArchiveEntry): Buffer {
  const block = Buffer.alloc(BLOCK),
    { name, prefix } = split(e.path);
  const put = (text: string, at: number): void => void block.write(text, at, "utf8");
  put(name, 0);
  put(octal(e.executable ? 0o755 : 0o644, 8), 100);
  put(octal(0, 8), 108);
  put(octal(0, 8), 116);
  put(octal(e.content.length, 12), 124);
  put(octal(TIME, 12), 136);
  put(" ".repeat(8), 148);
  put("0", 156);
  put("ustar\x0000", 257);
  put(prefix, 345);
  const sum = block.reduce((a, b) => a + b, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}
export function archive(entries: readonly ArchiveEntry[]): Uint8Array {
  const parts = entries.flatMap((e) => [header(e), e.content, Buffer.alloc((BLOCK - (e.content.length % BLOCK)) % BLOCK)]);
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]), { level: 9 });
}
