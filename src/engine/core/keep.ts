// Everything that is dynamic context, put back at once: code that is stopped from outside (an endless loop, cut at a limit) runs no `finally`.
import { keepAxes } from "./axes.ts";
import { keepConfig } from "./config.ts";
import { keepTrace } from "./trace.ts";

/** Gives the function that puts the trace, names, axes and configuration back as they are now. */
export function keepContext(): () => void {
  const all = [keepTrace(), keepAxes(), keepConfig()];
  return () => {
    for (const restore of all) restore();
  };
}
