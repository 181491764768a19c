// What runs say to a person in the editor, in the words of the command line, which has options and no settings, buttons or output channels.
const HERE: readonly (readonly [RegExp, string])[] = [
  [/click again/g, "run it again"],
  [/\b(L|l)ook at the output channel JitLens/g, "$1ook at what it printed (without --quiet)"],
  [/set jitlens\.python to the interpreter that has it/g, "name the interpreter that has it: --python PATH"],
  [/\bwith jitlens\.python\b/g, "with --python PATH"],
];
export const worded = (text: string): string => HERE.reduce((s, [from, to]) => s.replace(from, to), text);
