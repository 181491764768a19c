export const NEWEST: "newest";
export const VERSIONS: readonly string[];
export const GOLDEN: readonly string[];
export function jaxVersion(python: string): string;
export function pythonWithJax(version?: string): string;
