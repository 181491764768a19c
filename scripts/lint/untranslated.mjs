// Finds words of ours that a person would see without having been asked for in their language: literals at the places where text is shown.
import ts from "typescript";

/** What is the same in every language: units, names of formats and keys, symbols. */
const SAME =
  /^(?:[^\p{L}]*|(?:JitLens|StableHLO|HLO|jaxpr|FLOP|FLOPs|FLOP\/s|GFLOP\/s|GB\/s|GiB|MiB|KiB|B|ns|µs|ms|s|[\d{}\s.,:;·×→–—…()%+\-/]|f|x|CPU|GPU|JSON|HTML|CSV|SVG|PNG|WebAssembly|Wasm|WGSL|true|false)+)$/u;
/** Attributes of elements, and properties of objects, that are shown or read aloud. */
const SHOWN_ATTRIBUTES = new Set(["title", "aria-label", "placeholder", "aria-description", "aria-roledescription", "alt"]);
const SHOWN_PROPERTIES = new Set(["title", "label", "name", "description", "tooltip", "detail", "placeHolder", "prompt", "text"]);
/** Functions whose arguments are shown, by the argument's number: those of shown.ts, and the pages' controls. */
const SHOWING = {
  extension: {
    "say.info": "all",
    "say.warn": "all",
    "say.error": "all",
    confirm: [0, 1, 2],
    statusMessage: [0],
    progress: [0],
    pick: [0],
    diagnostic: [1],
    hover: [0],
    lineEnd: [1, 2],
    "c.session.status": [0],
    "session.status": [0],
  },
  views: { button: [0, 2], textField: [0], segmented: [0], badge: [0], showStatus: [0], row: [0], section: [0] },
};

/** @param asksForText whether a call asks for a translation. Gives a line for each word that does not. */
export function untranslated(files, asksForText) {
  const faults = [];
  for (const file of files) {
    const side = file.fileName.includes("/views/") ? "views" : "extension";
    const say = (node, text) => {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart());
      // What is written into a file, not shown, says so: `// not shown`.
      if (/\/\/ not shown\b/.test(file.text.split("\n")[line - 1] ?? "")) return;
      faults.push(`${file.fileName}:${line + 1}: ${JSON.stringify(text)} is shown without ${side === "views" ? "t()" : "vscode.l10n.t()"}`);
    };
    /** The literal words of an expression that stand outside every call. */
    const words = (node) => {
      if (ts.isStringLiteralLike(node)) return SAME.test(node.text) ? [] : [[node, node.text]];
      if (ts.isTemplateExpression(node)) {
        const own = [node.head.text, ...node.templateSpans.map((s) => s.literal.text)].join("");
        return [...(SAME.test(own) ? [] : [[node, own]]), ...node.templateSpans.flatMap((s) => words(s.expression))];
      }
      if (ts.isParenthesizedExpression(node)) return words(node.expression);
      if (ts.isConditionalExpression(node)) return [...words(node.whenTrue), ...words(node.whenFalse)];
      if (ts.isBinaryExpression(node))
        return [ts.SyntaxKind.PlusToken, ts.SyntaxKind.QuestionQuestionToken, ts.SyntaxKind.BarBarToken].includes(node.operatorToken.kind)
          ? [...words(node.left), ...words(node.right)]
          : [];
      if (ts.isCallExpression(node) && asksForText(node)) return [];
      return [];
    };
    const shown = (node) => words(node).forEach(([at, text]) => say(at, text));
    const nameOf = (p) => (ts.isIdentifier(p) || ts.isStringLiteralLike(p) ? p.text : "");
    const visit = (node) => {
      if (ts.isCallExpression(node)) {
        const f = node.expression.getText();
        if (f === "h" && side === "views" && !["code", "pre"].includes(node.arguments[0]?.text)) node.arguments.slice(2).forEach(shown);
        const which = Object.hasOwn(SHOWING[side], f) ? SHOWING[side][f] : null;
        if (which) node.arguments.filter((_a, i) => which === "all" || which.includes(i)).forEach(shown);
        if (/\.setAttribute$/.test(f) && node.arguments[1] && SHOWN_ATTRIBUTES.has(nameOf(node.arguments[0]))) shown(node.arguments[1]);
      }
      if (ts.isPropertyAssignment(node)) {
        const name = nameOf(node.name);
        if (side === "views" ? SHOWN_ATTRIBUTES.has(name) || name === "label" : SHOWN_PROPERTIES.has(name)) shown(node.initializer);
      }
      if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken && ts.isPropertyAccessExpression(node.left)) {
        if (["textContent", "title", "ariaLabel", "innerText", "description", "message"].includes(node.left.name.text)) shown(node.right);
      }
      ts.forEachChild(node, visit);
    };
    visit(file);
  }
  return faults;
}
