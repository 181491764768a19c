// What IPython adds to Python in the cells of notebooks: "%time f(x)", "!pip install", "x = !ls", "f?". A profile runs plain Python: each such line becomes what is
// harmless of it, on the same line, or nothing. Lines and, where code stays, columns do not move.
import { statements } from "./statements.ts";

export interface Note {
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
}
export interface PlainCell {
  readonly code: string;
  /** What was left out that may matter. */
  readonly notes: readonly Note[];
  /** How far the cell is indented as a whole, in columns: its code is not. */
  readonly indent: number;
}
/** They change what a notebook shows, and no program: nobody has to hear that they were left out. */
const SHOW =
  "matplotlib load_ext reload_ext unload_ext autoreload aimport config precision pdb xmode colors who whos who_ls lsmagic history hist notebook pinfo pinfo2 pdoc psource pfile pdef page quickref magic automagic autocall autoawait doctest_mode debug tb logstart logstop recall rerun alias dhist pwd ls ll";
const SILENT: ReadonlySet<string> = new Set(SHOW.split(" "));
/** They run the Python that follows; the letters are of options that take a value. */
const RUN: Readonly<Record<string, string>> = {
  time: "",
  timeit: "nrp",
  prun: "lsTD",
  memit: "rt",
  lprun: "fmTDsu",
  mprun: "fT",
  snakeviz: "f",
  capture: "",
  scalene: "",
};
const INSTALLS = /^(?:pip3?|conda|mamba|uv|python3? -m pip)\b/;
const MAGIC = /^([ \t]*)(%%?)([A-Za-z_]\w*)(?:[ \t]+([^]*))?$/;
const SHELL = /^[ \t]*!/;
/** `files = !ls`, `t = %timeit -o f(x)` */
const ASSIGNED = /^([ \t]*[A-Za-z_][\w.]*(?:[ \t]*,[ \t]*[A-Za-z_][\w.]*)*[ \t]*=[ \t]*)([!%])(?![=])([^]*)$/;
const HELP = /^[ \t]*(?:\?{1,2}[ \t]*[%\w.*]+|%{0,2}[A-Za-z_][\w.*[\]'"]*\?{1,2})[ \t]*;?[ \t]*$/;
/** IPython runs these without a "%". */
const BARE = /^[ \t]*(?:pip3?|conda|mamba)[ \t]+(?:install|uninstall|list|show|freeze)\b/;
/** Whether a line that begins a statement is IPython's. */
export const isForeignLine = (line: string): boolean =>
  /^[ \t]*%{1,2}[A-Za-z_]/.test(line) || SHELL.test(line) || ASSIGNED.test(line) || HELP.test(line) || BARE.test(line);

/** A cell's text as plain Python. */
export function plainCell(text: string): PlainCell {
  const notes: Note[] = [];
  const whole = cellMagic(text);
  if (whole?.kind === "skip") return { code: text.replace(/[^\r\n]+/g, ""), notes: [{ line: whole.line + 1, text: whole.text }], indent: 0 };
  const indent = /^(?:[ \t]*\r?\n)*([ \t]+)\S/.exec(text)?.[1] ?? "";
  const dedented = indent ? text.replace(new RegExp(`^${indent}`, "gm"), "") : text;
  const out: string[] = [];
  let end = 0;
  for (const s of statements(dedented, isForeignLine)) {
    if (!s.foreign) continue;
    const written = dedented.slice(s.from, s.to);
    const lines = written.split("\n").length - 1;
    const { code, note } = plainLine(written.replace(/\\\r?\n/g, " ").replace(/\r$/, ""), whole?.line === s.line);
    if (note) notes.push({ line: s.line + 1, text: note });
    out.push(dedented.slice(end, s.from), code, "\n".repeat(lines));
    end = s.to;
  }
  return { code: out.join("") + dedented.slice(end), notes, indent: indent.length };
}
/** "%%time" in a cell's first line goes on with the cell; "%%bash" is the whole cell. */
function cellMagic(
  text: string,
): { readonly kind: "run"; readonly line: number } | { readonly kind: "skip"; readonly line: number; readonly text: string } | null {
  const m = /^(?:[ \t]*\r?\n)*[ \t]*%%([A-Za-z_!]\w*)?/.exec(text);
  if (!m) return null;
  const line = m[0].split("\n").length - 1;
  const name = m[1] ?? "";
  return name in RUN
    ? { kind: "run", line }
    : { kind: "skip", line, text: `the cell was skipped: %%${name} is IPython's, and a profile runs the cells of Python alone` };
}
interface PlainLine {
  readonly code: string;
  readonly note?: string;
}
function plainLine(line: string, isFirst: boolean): PlainLine {
  const indent = /^[ \t]*/.exec(line)![0];
  const skip = (why?: string): PlainLine => ({
    code: `${indent}pass`,
    ...(why === undefined ? {} : { note: `${quoted(line)} was skipped: ${why}` }),
  });
  const assigned = ASSIGNED.exec(line);
  if (assigned) {
    const isShell = assigned[2] === "!";
    const gives = isShell ? "[]" : "None";
    return {
      code: `${assigned[1]}${gives}`,
      note: `${quoted(line)} gives ${gives}: ${isShell ? "no shell command runs" : "IPython is not there"} in a profile`,
    };
  }
  if (HELP.test(line)) return skip();
  if (SHELL.test(line) || BARE.test(line))
    return skip(INSTALLS.test(line.replace(/^[ \t]*!{0,2}[ \t]*/, "")) ? "a profile installs nothing" : "a profile runs no shell commands");
  const magic = MAGIC.exec(line);
  if (!magic) return skip("it is IPython's");
  const [, , marks, name, rest = ""] = magic;
  if (name === "capture" && isFirst) return skip();
  if (name! in RUN && (marks === "%" || isFirst)) return running(line, indent, rest, RUN[name!]!);
  if (INSTALLS.test(name!)) return skip("a profile installs nothing");
  if (SILENT.has(name!)) return skip();
  return known(name!, rest.trim(), indent) ?? skip("it is IPython's, and may have made names that are missing here");
}
/** The Python after a magic and its options, at its place: `%time f(x)` is `if 1: f(x)`. */
function running(line: string, indent: string, rest: string, withValue: string): PlainLine {
  const code = withoutOptions(rest, withValue).trimEnd();
  if (!code) return { code: `${indent}pass` };
  if (/^(?:for|while|if|with|def|class|try|async|@)\b/.test(code)) return { code: `${indent}${code}` };
  return { code: `${indent}if 1:`.padEnd(line.trimEnd().length - code.length) + code };
}
function withoutOptions(text: string, withValue: string): string {
  let left = text.trimStart();
  for (let m = /^-{1,2}([A-Za-z])([\w.=]*)[ \t]*/.exec(left); m; m = /^-{1,2}([A-Za-z])([\w.=]*)[ \t]*/.exec(left)) {
    left = left.slice(m[0].length);
    if (withValue.includes(m[1]!) && !m[2]) left = left.replace(/^\S+[ \t]*/, "");
  }
  return left;
}
/** Magics that have a meaning without IPython. */
function known(name: string, rest: string, indent: string): PlainLine | null {
  // IPython puts values of variables in for these.
  if (/[{$]/.test(rest)) return null;
  const env = /^([A-Za-z_]\w*)(?:[ \t]*=[ \t]*|[ \t]+)(.+)$/.exec(rest);
  if (/^(?:set_)?env$/.test(name))
    return env ? { code: `${indent}__import__("os").environ[${literal(env[1]!)}] = ${literal(env[2]!)}` } : { code: `${indent}pass` };
  const folder = rest.replace(/^(["'])(.*)\1$/, "$2");
  if (name === "cd" && folder) return { code: `${indent}__import__("os").chdir(__import__("os").path.expanduser(${literal(folder)}))` };
  return null;
}
/** As Python writes text: JSON's way is one of Python's. */
const literal = (value: string): string => JSON.stringify(value);
const MOST = 60;
const quoted = (line: string): string => {
  const said = line.trim().replace(/\s+/g, " ");
  return `“${said.length > MOST ? `${said.slice(0, MOST - 1)}…` : said}”`;
};
/** IPython takes a cell whose first line is indented. */
