// Lindig's "Strictly Pretty" document printer, as JAX uses it: a group is printed on one line if the group itself fits.
export type Doc =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "brk"; readonly text: string }
  | { readonly kind: "cat"; readonly docs: readonly Doc[] }
  | { readonly kind: "nest"; readonly by: number; readonly doc: Doc }
  | { readonly kind: "group"; readonly doc: Doc }
  | { readonly kind: "mark"; readonly mark: number; readonly doc: Doc };

export const text = (t: string): Doc => ({ kind: "text", text: t });
/** A line break that is `t` when its group fits on one line. */
export const brk = (t = " "): Doc => ({ kind: "brk", text: t });
export const cat = (...docs: Doc[]): Doc => ({ kind: "cat", docs });
export const nest = (by: number, doc: Doc): Doc => ({ kind: "nest", by, doc });
export const group = (doc: Doc): Doc => ({ kind: "group", doc });
/** Remembers the line on which the document starts (for links from text to source). */
export const mark = (m: number, doc: Doc): Doc => ({ kind: "mark", mark: m, doc });
export const join = (separator: Doc, docs: readonly Doc[]): Doc => cat(...docs.flatMap((d, i) => (i ? [separator, d] : [d])));

type Item = readonly [indent: number, flat: boolean, doc: Doc];
function fits(width: number, doc: Doc): boolean {
  const agenda: Doc[] = [doc];
  while (width >= 0) {
    const d = agenda.pop();
    if (!d) return true;
    if (d.kind === "text" || d.kind === "brk") width -= d.text.length;
    else if (d.kind === "cat") for (let i = d.docs.length - 1; i >= 0; i--) agenda.push(d.docs[i]!);
    else agenda.push(d.doc);
  }
  return false;
}
/** Renders a document; `marks` maps each mark to the (0-based) line it starts on. */
export function render(doc: Doc, width = 80): { text: string; marks: Map<number, number> } {
  const out: string[] = [],
    marks = new Map<number, number>(),
    agenda: Item[] = [[0, false, doc]];
  let column = 0,
    line = 0;
  for (let item = agenda.pop(); item; item = agenda.pop()) {
    const [indent, flat, d] = item;
    switch (d.kind) {
      case "text":
        out.push(d.text);
        column += d.text.length;
        break;
      case "brk":
        if (flat) {
          out.push(d.text);
          column += d.text.length;
        } else {
          out.push("\n", " ".repeat(indent));
          column = indent;
          line++;
        }
        break;
      case "cat":
        for (let i = d.docs.length - 1; i >= 0; i--) agenda.push([indent, flat, d.docs[i]!]);
        break;
      case "nest":
        agenda.push([indent + d.by, flat, d.doc]);
        break;
      case "group":
        agenda.push([indent, flat || fits(width - column, d.doc), d.doc]);
        break;
      case "mark":
        marks.set(d.mark, line);
        agenda.push([indent, flat, d.doc]);
        break;
      default:
        d satisfies never;
    }
  }
  return { text: out.join(""), marks };
}
