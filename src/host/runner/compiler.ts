// What compiles the person's file: esbuild's program for this platform or, where none runs here, the same compiler as WebAssembly. An extension for one
// platform carries the first, the one for all platforms the second; the command line finds what is installed beside the package.
import { basename, delimiter, dirname } from "node:path";
import type { BuildOptions, BuildResult, TransformOptions, TransformResult } from "esbuild";

type Compiler = Pick<typeof import("esbuild"), "build" | "transform" | "transformSync">;
const NAMES = ["esbuild", "esbuild-wasm"];
const unusable = new Set<string>();
/** The one that has worked here. */
let working: Compiler | null = null;

async function load(name: string): Promise<Compiler | null> {
  try {
    return (await import(name)) as Compiler;
  } catch {
    return null;
  }
}
/** esbuild as WebAssembly runs in the `node` of the PATH: while it is started, that is the one that runs this. */
function withOwnNode<T>(start: () => T): T {
  const { PATH } = process.env;
  if (!/^node(\.exe)?$/i.test(basename(process.execPath))) return start();
  process.env.PATH = [dirname(process.execPath), ...(PATH ? [PATH] : [])].join(delimiter);
  try {
    return start();
  } finally {
    if (PATH === undefined) delete process.env.PATH;
    else process.env.PATH = PATH;
  }
}
/** An error in the person's file, and not of the compiler's own start. */
const isOfTheFile = (e: unknown): boolean => Array.isArray((e as { errors?: unknown } | null)?.errors);

async function withCompiler<T>(use: (c: Compiler) => Promise<T>): Promise<T> {
  let why = "";
  for (const name of NAMES) {
    const compiler = unusable.has(name) ? null : await load(name);
    if (!compiler) continue;
    try {
      const result = await withOwnNode(() => use(compiler));
      working = compiler;
      return result;
    } catch (e) {
      if (isOfTheFile(e)) throw e;
      unusable.add(name);
      why = `: ${e instanceof Error ? e.message.split("\n")[0] : String(e)}`;
    }
  }
  throw new Error(`esbuild, which compiles your file, cannot be used here${why}\nInstead: install it beside JitLens: npm install esbuild`);
}
export const build = <O extends BuildOptions>(options: O): Promise<BuildResult<O>> =>
  withCompiler((c) => c.build(options as Parameters<Compiler["build"]>[0])) as Promise<BuildResult<O>>;
export const transform = (text: string): Promise<TransformResult> => withCompiler((c) => c.transform(text));
/** For a thread whose loop does not turn any more: the compiler must have worked before. */
export function transformSync(text: string, options: TransformOptions): TransformResult {
  const compiler = working;
  if (!compiler) throw new Error("esbuild was not started");
  return withOwnNode(() => compiler.transformSync(text, options));
}
