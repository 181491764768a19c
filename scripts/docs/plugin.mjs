// A plugin of TypeDoc: modules have the names by which programs reach them, and stand once. What the entry point checks at run time
// (`export const numpy = checkedModule(…)`) is the module itself, which has a page of its own.
const ROOT = "jitlens";
/** Where a file's module is reached, if that is not its path. */
const NAMES = { "": ROOT, exporting: "export", "core/treeTypes": "types of trees" };
const named = (path) => {
  const short = path.replace(/^src\/engine\/?/, "");
  return NAMES[short] ?? short.replace(/^(\w+)\/(\w*)[oO]ptions$/, (_all, module, of) => `options of ${module}${of ? `: ${of}` : ""}`);
};
/** Makes constants that are functions, such as `export const sum = reduction(…)`, pages of functions: their types are called, and have no name of their own. */
function functionsAreFunctions(app) {
  app.converter.on("begin", (context) => {
    const own = context.getComment;
    const proto = Object.getPrototypeOf(context);
    proto.getComment = function (symbol, kind) {
      const comment = own.call(this, symbol, kind);
      const declaration = symbol?.valueDeclaration;
      if (comment && declaration?.name && declaration.initializer && this.checker.getTypeOfSymbol(symbol).getCallSignatures().length)
        comment.modifierTags.add("@function");
      return comment;
    };
  });
}
export function load(app) {
  functionsAreFunctions(app);
  app.converter.on("resolveBegin", ({ project }) => {
    const modules = (project.children ?? []).slice();
    for (const m of modules) m.name = named(m.name);
    const own = new Set(modules.map((m) => m.name.split("/")[0]));
    const root = modules.find((m) => m.name === ROOT);
    // The Report's tools are the extension's.
    for (const child of (root?.children ?? []).slice()) if (own.has(child.name) || child.name === "internals") project.removeReflection(child);
  });
}
