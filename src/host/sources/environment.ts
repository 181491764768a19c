// The environment of a user's file: the host's own without what the editor sets for itself, as its terminals leave it out.
const EDITORS_OWN = /^(?:ELECTRON_|VSCODE_(?!PORTABLE|SHELL_LOGIN|ENV_)|JITLENS_)/;
export const userEnvironment = (): NodeJS.ProcessEnv => Object.fromEntries(Object.entries(process.env).filter(([name]) => !EDITORS_OWN.test(name)));
