/** Code for `node -e` that stands in for the editor's own module, which the extension asks for: anything will do to load it. */
export const EDITOR_STUB = `const M = require("node:module"), load = M._load;
const any = new Proxy(function () {}, { get: (_t, k) => (k === Symbol.toPrimitive ? () => "" : any), construct: () => any, apply: () => any });
M._load = (name, ...rest) => (name === "vscode" ? any : load(name, ...rest));`;
