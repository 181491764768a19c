// Checkpoints: a pytree (parameters, an optimizer's state, a module's state, a step count) as one safetensors file a step, in a folder. Python's safetensors reads
// them too. The rules of names, steps and what is kept are those of flax.training.checkpoints.
import { ArgumentError } from "../core/errors.ts";
import type { Tree } from "../core/pytree.ts";
import { files, joined, writeAtomically } from "../files/disk.ts";
import * as safetensors from "../files/safetensors.ts";
import type { Bytes } from "../files/bytes.ts";
import { type Kind, type Stored, intoObjects, intoTemplate, named } from "./names.ts";

/** Where the kinds of leaves stand among the file's texts. */
const KINDS = "jitlens.kinds";
const FILE = /^(.*)_(\d+)\.safetensors$/;

/** Options of `checkpoint.toBytes`. */
export interface CheckpointBytesOptions {
  /** Texts that stand in the file. */
  readonly metadata?: Readonly<Record<string, string>>;
}
/**
 * A pytree of arrays and numbers as the bytes of a safetensors file: where there is no disk, or another store.
 * Arrays of every type, random keys, numbers, booleans and bigints come back as they were; DTypeError for anything else.
 * @example checkpoint.fromBytes(checkpoint.toBytes({ w: np.array([1, 2]) }), { w: np.zeros([2]) }) // { w: [1, 2] }
 */
export function toBytes(tree: Tree, options: CheckpointBytesOptions = {}): Uint8Array {
  const { tensors, kinds } = named("checkpoint.toBytes", tree);
  const own: Record<string, string> = Object.keys(kinds).length ? { [KINDS]: JSON.stringify(kinds) } : {};
  return safetensors.save(tensors, { metadata: { ...options.metadata, ...own } });
}
function stored(what: string, bytes: Bytes): Stored {
  const { tensors, metadata } = safetensors.parts(bytes, what);
  let kinds: unknown = {};
  try {
    kinds = JSON.parse(metadata[KINDS] ?? "{}");
  } catch {
    // A text by that name of somebody else's: the tensors are what they say.
  }
  return { tensors, kinds: typeof kinds === "object" && kinds !== null ? (kinds as Record<string, Kind>) : {} };
}
/**
 * The pytree of a checkpoint's bytes, also of a safetensors file by others.
 * @param template a tree of the same structure, whose containers and classes the result has; without it, objects and arrays by the names
 * @throws StructureError where the template has other leaves, or leaves of other types or shapes; ArgumentError for bytes that are no such file
 * @example checkpoint.fromBytes(checkpoint.toBytes({ b: np.array([3]) }), { b: np.zeros([1]) }) // { b: [3] }
 */
export function fromBytes<T = Tree>(bytes: Bytes, template?: T): T {
  const all = stored("checkpoint.fromBytes", bytes);
  return template === undefined ? (intoObjects(all) as T) : intoTemplate("checkpoint.fromBytes", template, all);
}

/** Options of `checkpoint.save`. */
export interface SaveOptions extends CheckpointBytesOptions {
  /** How many of the newest checkpoints stay; null: all. 1. */
  readonly keep?: number | null;
  /** Of the older ones, those of every so many steps stay as well; null: none. */
  readonly keepEveryNSteps?: number | null;
  /** Whether a step that is there, or an older one than the newest, may be written: it then takes the place of it and of what is newer. False. */
  readonly overwrite?: boolean;
  /** The beginning of files' names. "checkpoint". */
  readonly prefix?: string;
}
/** Options that say which checkpoints of a folder are meant. */
export interface PrefixOptions {
  /** The beginning of files' names. "checkpoint". */
  readonly prefix?: string;
}
const fileOf = (folder: string, prefix: string, step: number): string => joined(folder, `${prefix}_${step}.safetensors`);
const checkStep = (what: string, step: number): void => {
  if (!Number.isSafeInteger(step) || step < 0) throw new ArgumentError(`${what}: step is ${step}, expected an integer of at least 0`);
};
/** The steps that there are checkpoints of in a folder, ascending; none where there is no such folder.
 * @example await checkpoint.save("steps", { w: np.ones([2]) }, 10); await checkpoint.steps("steps") // [10] */
export async function steps(folder: string, options: PrefixOptions = {}): Promise<number[]> {
  const { prefix = "checkpoint" } = options;
  const fs = files("checkpoint.steps");
  if (!fs.existsSync(folder)) return [];
  const found = (await fs.promises.readdir(folder)).map((f) => FILE.exec(f)).filter((m) => m?.[1] === prefix);
  return found.map((m) => Number(m![2])).sort((a, b) => a - b);
}
/** The newest step that there is a checkpoint of, or null.
 * @example await checkpoint.save("newest", { w: np.ones([2]) }, 10); await checkpoint.latestStep("newest") // 10 */
export const latestStep = async (folder: string, options: PrefixOptions = {}): Promise<number | null> =>
  (await steps(folder, options)).at(-1) ?? null;
/**
 * Writes a pytree into a folder, which is made where it is missing, as the checkpoint of a step. The values are those at the time of the call: training may go
 * on, and donate them, while the file is written. The file is there as a whole or not at all; then the oldest ones go, as `keep` says.
 * @returns the file's path
 * @throws ArgumentError for a step that is there or older than the newest one, unless `overwrite` says so; DTypeError for leaves that are no arrays or numbers
 * @example (await checkpoint.save("saved", { w: np.ones([2]) }, 10)).endsWith("checkpoint_10.safetensors") // true
 */
export async function save(folder: string, tree: Tree, step: number, options: SaveOptions = {}): Promise<string> {
  const what = "checkpoint.save",
    { keep = 1, keepEveryNSteps = null, overwrite = false, prefix = "checkpoint" } = options;
  checkStep(what, step);
  if (keep !== null && !(Number.isInteger(keep) && keep >= 1))
    throw new ArgumentError(`${what}: keep is ${keep}, expected an integer of at least 1, or null`);
  if (/[\\/]/.test(prefix)) throw new ArgumentError(`${what}: prefix is ${JSON.stringify(prefix)}, expected a part of a file's name`);
  const data = toBytes(tree, options.metadata ? { metadata: options.metadata } : {});
  const there = await steps(folder, { prefix }),
    newer = there.filter((s) => s >= step);
  if (newer.length && !overwrite)
    throw new ArgumentError(
      `${what}: there is a checkpoint of step ${newer.at(-1)} in ${folder}, which is not older than step ${step}. Instead: a later step, or { overwrite: true }`,
    );
  await files(what).promises.mkdir(folder, { recursive: true });
  const path = fileOf(folder, prefix, step);
  await writeAtomically(what, path, data);
  const older = there.filter((s) => s < step),
    old = keep === null ? [] : older.slice(0, Math.max(0, older.length + 1 - keep));
  const gone = [...newer.filter((s) => s !== step), ...old.filter((s) => keepEveryNSteps === null || s % keepEveryNSteps !== 0)];
  await Promise.all(gone.map((s) => files(what).promises.rm(fileOf(folder, prefix, s), { force: true })));
  return path;
}
/** Options of `checkpoint.restore`. */
export interface RestoreOptions extends PrefixOptions {
  /** The step; null: the newest one. */
  readonly step?: number | null;
}
/**
 * Reads a checkpoint from a folder: the newest one, or that of a step. A file's path is read as it is.
 * @param template a tree of the same structure, whose containers and classes the result has; null: objects and arrays by the names
 * @throws ArgumentError where there is no such checkpoint, or the file is damaged; StructureError where the template has other leaves
 * @example await checkpoint.save("run", { w: np.array([1, 2]) }, 10); await checkpoint.restore("run") // { w: [1, 2] }
 */
export async function restore<T = Tree>(folder: string, template: T | null = null, options: RestoreOptions = {}): Promise<T> {
  const what = "checkpoint.restore",
    { prefix = "checkpoint" } = options;
  const path = folder.endsWith(".safetensors") ? folder : fileOf(folder, prefix, options.step ?? (await newest(what, folder, prefix)));
  if (!files(what).existsSync(path)) {
    const there = await steps(folder, { prefix });
    throw new ArgumentError(`${what}: there is no ${path}${there.length ? `; there are the steps ${there.join(", ")}` : ""}`);
  }
  const all = stored(`${what}: ${path}`, await files(what).promises.readFile(path));
  return template === null ? (intoObjects(all) as T) : intoTemplate(what, template, all);
}
async function newest(what: string, folder: string, prefix: string): Promise<number> {
  const step = await latestStep(folder, { prefix });
  if (step === null) throw new ArgumentError(`${what}: there is no checkpoint in ${folder}, expected files such as ${prefix}_0.safetensors`);
  return step;
}
