import type ts from "typescript";
export function asksForText(call: ts.CallExpression): boolean;
export function collect(files?: readonly ts.SourceFile[], engine?: readonly ts.SourceFile[]): { texts: Map<string, string>; faults: string[] };
export function compare(name: string, wanted: Readonly<Record<string, string>>, translated: Readonly<Record<string, string>>): string[];
export function manifestTexts(manifest?: unknown): { keys: Set<string>; faults: string[] };
