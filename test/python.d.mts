export const NEWEST: string;
export const VERSIONS: readonly string[];
export function pythonWithJax(version?: string): string;
