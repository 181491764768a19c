// Which C compiler there is, and what it makes of the processor at hand. Found in PATH, or named by JITLENS_CC; what it said the first time is kept, because
// asking takes as long as compiling a kernel.
import type { VectorWidth } from "../../compiler/target.ts";
import { builtin } from "../../core/host.ts";

export interface Toolchain {
  /** Its path. */
  readonly compiler: string;
  /** What it is called with, before the files. */
  readonly flags: readonly string[];
  /** The widest vectors of the processor. */
  readonly width: VectorWidth;
  /** Stands for the compiler's version and all that it knows of the processor. */
  readonly identity: string;
}
interface Stat {
  readonly size: number;
  readonly mtimeMs: number;
  isFile(): boolean;
}
export interface Disk {
  statSync(path: string, o: { throwIfNoEntry: false }): Stat | undefined;
  readFileSync(path: string): Uint8Array;
  writeFileSync(path: string, data: string | Uint8Array, o?: { mode?: number; flag?: string }): void;
  renameSync(from: string, to: string): void;
  mkdirSync(path: string, o: { recursive: true; mode: number }): void;
}
interface Path {
  join(...parts: string[]): string;
  isAbsolute(p: string): boolean;
  readonly delimiter: string;
}
interface Node {
  readonly platform: string;
  readonly arch: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}
export const disk = (): Disk => builtin("fs") as Disk;
export const path = (): Path => builtin("path") as Path;
export const node = (): Node => (globalThis as unknown as { process: Node }).process;
export const sha256 = (...parts: readonly (string | Uint8Array)[]): string => {
  const hash = (builtin("crypto") as { createHash(name: string): { update(d: string | Uint8Array): void; digest(as: "hex"): string } }).createHash(
    "sha256",
  );
  for (const p of parts) hash.update(p);
  return hash.digest("hex");
};

/**
 * Numbers mean what they mean in WebAssembly: no product is fused with a sum but where the code says so, integers wrap around. Nothing asks for exceptions.
 * Files other than the kernel's own are not looked for.
 */
const MEANING = ["-O2", "-ffp-contract=off", "-fwrapv", "-fno-strict-aliasing", "-fno-math-errno", "-fno-trapping-math", "-w", "-nostdinc"];
/** How compilers are told to use what this processor has, in the order in which they are tried. */
const MACHINE: readonly (readonly string[])[] = [["-march=native"], ["-mcpu=native"], []];
export const flagsFor = (machine: readonly string[]): string[] => [
  ...machine,
  ...MEANING,
  ...(node().platform === "win32" ? ["-shared"] : ["-shared", "-fPIC", "-fvisibility=hidden"]),
];
export const machineFlags = (): readonly (readonly string[])[] => MACHINE;

/** The compilers that are here, by their paths: the one that JITLENS_CC names alone, or those of PATH. Folders that are not absolute are passed over: they would depend on where one stands. */
export function findCompilers(): readonly string[] {
  const { env, platform } = node();
  const { join, isAbsolute, delimiter } = path();
  const isFile = (p: string): boolean => {
    try {
      return disk().statSync(p, { throwIfNoEntry: false })?.isFile() ?? false;
    } catch {
      return false;
    }
  };
  const suffix = platform === "win32" ? ".exe" : "";
  const given = env.JITLENS_CC;
  if (given && isAbsolute(given)) return isFile(given) ? [given] : [];
  const folders = (env.PATH ?? env.Path ?? "").split(delimiter).filter(isAbsolute);
  const names = given ? [given] : platform === "win32" ? ["clang", "gcc"] : ["cc", "clang", "gcc"];
  return names.flatMap((name) =>
    folders
      .map((f) => join(f, name.endsWith(suffix) ? name : name + suffix))
      .filter(isFile)
      .slice(0, 1),
  );
}
/** What the processor can, as far as the system says: models of one name differ on virtual machines. */
export function processorId(): string {
  const { platform, arch } = node();
  const cpu = (builtin("os") as { cpus(): readonly { readonly model: string }[] }).cpus()[0]?.model ?? "";
  let flags = "";
  if (platform === "linux")
    try {
      const text = new TextDecoder().decode(disk().readFileSync("/proc/cpuinfo").subarray(0, 8192));
      flags = /^(?:flags|Features)\s*:.*$/m.exec(text)?.[0] ?? "";
    } catch {
      // The model has to do.
    }
  return `${platform} ${arch} ${cpu} ${flags}`;
}
/** The widest vectors among what a compiler defines for the processor. */
export const widthOf = (macros: string): VectorWidth => (/\b__AVX512F__\b/.test(macros) ? 16 : /\b__AVX2__\b/.test(macros) ? 8 : 4);
