import type ts from "typescript";
export function untranslated(files: readonly ts.SourceFile[], asksForText: (call: ts.CallExpression) => boolean): string[];
