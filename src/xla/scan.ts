// Brackets and quotes of XLA's texts.
const OPEN: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** Where the bracket at a place is closed; the text's end where it is not. */
export function matching(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const c = text[i]!;
    if (c === '"') i = endOfQuote(text, i);
    else if (c in OPEN) depth++;
    else if ((c === ")" || c === "]" || c === "}") && --depth === 0) return i;
  }
  return text.length;
}
function endOfQuote(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === '"') return i;
  }
  return text.length;
}
/** The parts between commas that stand in no brackets or quotes; comments are left out. */
export function pieces(text: string): string[] {
  const out: string[] = [];
  let from = 0;
  const add = (to: number): void => {
    const piece = text
      .slice(from, to)
      .replace(/\/\*.*?\*\//g, "")
      .trim();
    if (piece) out.push(piece);
    from = to + 1;
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '"') i = endOfQuote(text, i);
    else if (c in OPEN) i = matching(text, i);
    else if (c === ",") add(i);
  }
  add(text.length);
  return out;
}
const LETTERS: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };
/** Without quotes and escapes. XLA escapes as C does: some controls by letter, and every byte of UTF-8 that is not printable ASCII in octal. */
export const unquoted = (s: string): string =>
  s
    .trim()
    .replace(/^["']|["']$/g, "")
    .replace(/((?:\\[0-3][0-7]{2})+)|\\([^])/g, (_, octal: string | undefined, letter: string) =>
      octal === undefined ? (LETTERS[letter] ?? letter) : utf8(octal.slice(1).split("\\")),
    );
const utf8 = (octal: readonly string[]): string => new TextDecoder().decode(Uint8Array.from(octal, (o) => Number.parseInt(o, 8)));
