// New code in the way of the file that it comes into: its indentation, quotes and ends of statements.

export interface CodeStyle {
  /** One step: a tab, or spaces. */
  readonly indent: string;
  readonly quote: '"' | "'";
  readonly semicolons: boolean;
}
const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;
export function styleOf(text: string): CodeStyle {
  const tabs = count(text, /^\t+\S/gm);
  const spaces = [...text.matchAll(/^( +)[^\s*]/gm)].map((m) => m[1]!.length);
  // What one step is: the smallest that occurs more than by chance.
  const steps = [2, 4, 8].filter((n) => spaces.filter((s) => s % n === 0).length >= 0.9 * spaces.length);
  const indent = tabs > spaces.length ? "\t" : " ".repeat(spaces.length ? (steps.at(-1) ?? 2) : 2);
  const statements = count(text, /[\w)\]"'`];?[ \t]*$/gm);
  return {
    indent,
    quote: count(text, /'[^'"\n]*'/g) > count(text, /"[^'"\n]*"/g) ? "'" : '"',
    semicolons: count(text, /;[ \t]*$/gm) * 4 >= statements || statements === 0,
  };
}
/** Code that was written with two spaces, double quotes and semicolons. What was copied from the file has its style already, and keeps it. */
export function styled(code: string, { indent, quote, semicolons }: CodeStyle): string {
  const lines = code.split(/\r\n|\n|\r/);
  const leads = lines.map((l) => /^ */.exec(l)![0].length);
  const inTwos = indent === "\t" || (indent.length > 2 && leads.some((n) => n % indent.length !== 0));
  return lines
    .map((line, i) => {
      const moved = i > 0 && inTwos ? indent.repeat(Math.floor(leads[i]! / 2)) + " ".repeat(leads[i]! % 2) + line.slice(leads[i]) : line;
      const quoted = quote === "'" ? moved.replace(/"([^"'\\`\n]*)"/g, "'$1'") : moved;
      return semicolons ? quoted : quoted.replace(/;[ \t]*$/, "");
    })
    .join("\n");
}
