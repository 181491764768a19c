// A cursor's way through a syntax tree, once, into those parts only that hold a match of a pattern. What a node needs to know of its surroundings is
// handed down the stack of open nodes, because asking tree-sitter for a parent costs a walk from the root.
import type { Node, Tree, TreeCursor } from "web-tree-sitter";

export interface Limit {
  readonly over: () => boolean;
}
/** Thrown when the time is up. */
export class TimeUp extends Error {}

/** An open node: its type, what stands in front of it, and the nodes around it. */
export interface Open {
  readonly type: string;
  /** Only for types that somebody asks for: a node costs more than the cursor's step. */
  readonly node: Node | null;
  readonly parent: Open | null;
  /** Its place among the named children of its parent. */
  readonly index: number;
  /** The nearest comment directly in front of it that holds a tag. */
  readonly tag: string | null;
  /** Which field of its parent it is. */
  readonly field: string | null;
  /** Set on a parent by whoever visits a decorator in it: it belongs to the method that follows. */
  decorator: Open | null;
}
const CHECK_EVERY = 256;
const ASKED_FOR = new Set([
  "program",
  "call_expression",
  "decorator",
  "import_statement",
  "export_statement",
  "variable_declarator",
  "pair",
  "public_field_definition",
  "field_definition",
  "assignment_expression",
  "assignment_pattern",
  "required_parameter",
  "optional_parameter",
  "method_definition",
  "class",
  "class_declaration",
  "abstract_class_declaration",
]);

export class Walk {
  readonly #hits: Int32Array;
  #steps = 0;
  constructor(
    private readonly tree: Tree,
    text: string,
    pattern: RegExp,
    private readonly limit: Limit,
    private readonly askedFor: ReadonlySet<string> = ASKED_FOR,
  ) {
    const hits: number[] = [];
    for (const m of text.matchAll(pattern)) hits.push(m.index);
    this.#hits = Int32Array.from(hits);
  }
  /** Visits every node that holds a match, parents first, until `visit` gives false. Throws TimeUp. */
  each(visit: (at: Open) => boolean): void {
    const cursor = this.tree.walk();
    try {
      this.#children(cursor, null, visit);
    } finally {
      cursor.delete();
    }
  }
  #holds(from: number, to: number): boolean {
    const h = this.#hits;
    let low = 0,
      high = h.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (h[middle]! < from) low = middle + 1;
      else high = middle;
    }
    return low < h.length && h[low]! < to;
  }
  /** Not recursive: code may be nested deeper than a stack is. */
  #children(cursor: TreeCursor, root: Open | null, visit: (at: Open) => boolean): void {
    const stack: { open: Open | null; tag: string | null; index: number }[] = [{ open: root, tag: null, index: 0 }];
    for (;;) {
      if (++this.#steps % CHECK_EVERY === 0 && this.limit.over()) throw new TimeUp();
      const top = stack.at(-1)!,
        type = cursor.nodeType,
        named = cursor.nodeIsNamed;
      let down = false;
      if (type === "comment") {
        const text = cursor.nodeText;
        if (text.includes("@trace")) top.tag = text;
      } else {
        const decorated = type === "method_definition" && top.open?.decorator;
        if (decorated || this.#holds(cursor.startIndex, cursor.endIndex)) {
          const open: Open = {
            type,
            node: this.askedFor.has(type) ? cursor.currentNode : null,
            parent: top.open,
            index: top.index,
            tag: top.tag,
            field: cursor.currentFieldName,
            decorator: null,
          };
          if (!visit(open)) return;
          if (cursor.gotoFirstChild()) {
            stack.push({ open, tag: null, index: 0 });
            down = true;
          }
        }
        if (!down) {
          if (named && type !== "decorator") {
            top.tag = null;
            if (top.open) top.open.decorator = null;
          }
          if (named) top.index++;
        }
      }
      if (down) continue;
      while (!cursor.gotoNextSibling()) {
        stack.pop();
        if (!stack.length || !cursor.gotoParent()) return;
        const parent = stack.at(-1);
        if (!parent) return;
        if (cursor.nodeType !== "decorator") {
          parent.tag = null;
          if (parent.open) parent.open.decorator = null;
        }
        parent.index++;
      }
    }
  }
}
