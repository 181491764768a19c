// The Reports that tools made or read, by short names: "p1", "p2", …. The newest are kept.
import { readFileSync, statSync } from "node:fs";
import { ProfileError, readReport } from "../../engine/report/read.ts";
import type { Report } from "../../engine/report/types.ts";
import { usage } from "../cli/failure.ts";
import type { Workspace } from "./workspace.ts";

const MOST = 20;
const LARGEST = 64 * 2 ** 20;
export interface Kept {
  readonly id: string;
  readonly report: Report;
  /** What its file printed, cut; absent for a profile that was read. */
  readonly printed?: string;
}
export class Profiles {
  readonly #kept = new Map<string, Kept>();
  #next = 1;
  constructor(private readonly workspace: Workspace) {}
  add(report: Report, printed?: string): Kept {
    const kept: Kept = { id: `p${this.#next++}`, report, ...(printed === undefined ? {} : { printed }) };
    this.#kept.set(kept.id, kept);
    for (const id of [...this.#kept.keys()].slice(0, -MOST)) this.#kept.delete(id);
    return kept;
  }
  /** @param name an id, or a .jitprofile of the workspace; without it the newest. Throws a Failure. */
  async get(name: string | undefined): Promise<Kept> {
    const found = name === undefined ? [...this.#kept.values()].at(-1) : this.#kept.get(name);
    if (found) return found;
    const ids = [...this.#kept.keys()];
    const known = ids.length ? `There are ${ids.join(", ")}.` : "Make one with the tool profile.";
    if (name === undefined || /^p\d+$/.test(name)) throw usage(name === undefined ? "there is no profile yet" : `there is no profile ${name}`, known);
    const file = this.workspace.file(name);
    if (statSync(file).size > LARGEST) throw usage(`${name} is larger than ${LARGEST / 2 ** 20} MiB`, known);
    try {
      return this.add(await readReport(readFileSync(file)));
    } catch (e) {
      if (e instanceof ProfileError) throw usage(e.message, `Give the id of a profile, or a .jitprofile file. ${known}`);
      throw e;
    }
  }
}
