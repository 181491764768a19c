// npm packages that devices use where a person has installed them: the engine itself depends on none.
import { builtin } from "../core/host.ts";

interface Resolver {
  (name: string): unknown;
  resolve(name: string): string;
}
interface Host {
  readonly platform?: string;
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  cwd?(): string;
}
export const host = (): Host => (globalThis as { process?: Host }).process ?? {};
export const variable = (name: string): string | undefined => host().env?.[name];

export type Found = { readonly file: string; readonly require: (name: string) => unknown } | { readonly missing: string };
/**
 * A package beside the person's files, or in the folder that an environment variable names.
 * @param entry the file of that folder that is the package's module
 * @param install how it comes there, for the sentence that says that it is not
 * @param besides further folders to look from
 */
export function findPackage(name: string, named: string, entry: string, install: string, besides: readonly string[] = []): Found {
  const { argv, cwd } = host();
  const modules = builtin("module") as { createRequire(from: string): Resolver } | undefined;
  const path = builtin("path") as { join(...parts: string[]): string; dirname(p: string): string } | undefined;
  if (!modules || !path) return { missing: "it needs Node.js 20.16 or newer" };
  const given = variable(named);
  const folders = given ? [given] : [cwd?.() ?? ".", ...(argv?.[1] ? [path.dirname(argv[1])] : []), ...besides];
  for (const folder of folders)
    for (const wanted of given ? [path.join(given, entry), name] : [name])
      try {
        const require = modules.createRequire(path.join(folder, "_.js"));
        return { file: require.resolve(wanted), require };
      } catch {
        // The next place.
      }
  return { missing: `the npm package "${name}" was not found${given ? ` in ${named}, ${given}` : ""}: ${install}` };
}
