// What `jitlens check` lets figures grow by: "bytes=5%,kernels=1".
import { FIGURES, type Figure, type Limits } from "../../engine/report/check.ts";
import { usage } from "./failure.ts";
import { nearest } from "./nearest.ts";

/** @param time a percentage, for the time of a steady call */
export function limitsOf(allow: readonly string[], time: string | undefined): Limits {
  const entries = allow.map((text) => {
    const [, name, amount] = /^(\w+)=(.+)$/.exec(text) ?? [];
    if (name === undefined || amount === undefined) throw usage(`--allow "${text}" is not understood`, "Write figure=amount: bytes=5%, kernels=1.");
    return [figureNamed(name), amountOf(`--allow ${name}`, amount)] as const;
  });
  const limits = Object.fromEntries(entries) as Limits;
  return time === undefined ? limits : { ...limits, time: amountOf("--time", time.endsWith("%") ? time : `${time}%`) };
}
function figureNamed(name: string): Figure {
  const found = FIGURES.find((f) => f === name);
  if (found) return found;
  const close = nearest(name, FIGURES);
  throw usage(`there is no figure "${name}"`, `${close ? `Did you mean ${close}? ` : ""}There are ${FIGURES.join(", ")}.`);
}
function amountOf(what: string, text: string): { readonly part: number } | { readonly count: number } {
  const isPart = text.endsWith("%");
  const n = Number(isPart ? text.slice(0, -1) : text);
  if (!Number.isFinite(n) || n < 0) throw usage(`${what} is "${text}"`, "Write a percentage or a number: 5%, 1.");
  return isPart ? { part: n / 100 } : { count: n };
}
