// One version: the package's is the engine's, and the runner speaks with the engine that is beside it.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { version } from "../../src/engine/version.ts";
import { INTERFACE } from "../../src/host/runner/engineApi.ts";

const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
  version: string;
  jitlens: { interface: number };
};

test("the engine says the package's version", () => expect(version).toBe(manifest.version));
test("the runner speaks with the engine beside it", () => expect(INTERFACE).toBe(manifest.jitlens.interface));
