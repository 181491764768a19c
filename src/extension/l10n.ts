// Sentences of a Report in the person's language.
import * as vscode from "vscode";
import { saidIn } from "../engine/report/insights/said.ts";
import type { Clause, Phrase } from "../engine/report/types.ts";

/** `text` is the English, `phrase` how it is made, where it has arguments: VS Code's own pattern for them takes other braces along. */
export const said = (text: string, phrase?: Phrase | Clause): string => saidIn((english) => vscode.l10n.t(english), text, phrase);
