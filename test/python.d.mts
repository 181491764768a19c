export const NEWEST: string;
export function pythonWithJax(version?: string): string;
