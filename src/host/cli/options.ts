// Options that several commands have, with their checks.
import { type Command, InvalidArgumentError, Option } from "commander";

export function number(text: string): number {
  const n = Number(text);
  if (text.trim() === "" || !Number.isFinite(n) || n < 0) throw new InvalidArgumentError("A number of 0 or more is expected.");
  return n;
}
export function whole(text: string): number {
  const n = number(text);
  if (!Number.isInteger(n) || n < 1) throw new InvalidArgumentError("A whole number of 1 or more is expected.");
  return n;
}
export const repeated = (text: string, before: readonly string[] = []): string[] => [...before, text];
export const listed = (text: string): string[] =>
  text
    .split(",")
    .map((s) => s.trim())
    .filter(Boolean);

export const TARGET = "FILE#FUNCTION; without #FUNCTION the file's first jit function; FILE#12 is the one on line 12";
/** How a function is run. */
export function runOptions(c: Command): Command {
  return c
    .option("--args <types>", 'argument types, for a function that nothing calls: "f32[32,64], i32[8]"')
    .option("--python <path>", "the Python that runs a .py file; else .venv beside the file, or python3 of the PATH (docs/python.md)")
    .option("--entry <file>", "the file to run, where it is another one that calls the function")
    .option("--device <name>", "the device that arrays are on unless the file says otherwise (docs/DEVICES.md): cpu, webgpu, reference")
    .option("--native", "compile kernels that take time with this machine's C compiler, and measure them so (docs/NATIVE.md)")
    .addOption(new Option("--pin <edge>", "fuse or split an edge of the ledger, such as 12>15=split; may be repeated").argParser(repeated))
    .option("--seconds <n>", "how long the file goes on after the function's first call, to see why it is traced again", number, 10);
}
export const jsonOption = (c: Command, what = "the result"): Command => c.option("--json", `${what} as JSON; errors too`);
