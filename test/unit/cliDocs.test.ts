// docs/cli.md says every command, option and format that there is, and none that there is not.
import { Command } from "commander";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { EXPORTERS } from "../../src/engine/report/exporters/exporters.ts";
import { COMMANDS } from "../../src/host/cli/program.ts";
import type { Context } from "../../src/host/cli/context.ts";
import { Terminal } from "../../src/host/cli/terminal.ts";

const text = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");
const program = new Command("jitlens");
const context: Context = { dist: "", terminal: new Terminal(), exit: 0 };
for (const add of COMMANDS) add(program, context);

test("commands", () => {
  const said = [...text.matchAll(/`jitlens (\w+) /g)].map((m) => m[1]!);
  expect(new Set(said)).toEqual(new Set(program.commands.map((c) => c.name())));
});
test("options", () => {
  const own = new Set(program.commands.flatMap((c) => c.options.map((o) => o.long!)));
  const said = new Set([...text.matchAll(/(?<![\w-])--[a-z]+(?:-[a-z]+)*/g)].map((m) => m[0]));
  for (const standard of ["--help", "--headless", "--quiet"]) said.delete(standard);
  expect([...own].filter((o) => !said.has(o))).toEqual([]);
  expect([...said].filter((o) => !own.has(o))).toEqual([]);
});
test("formats", () => {
  const section = text.slice(text.indexOf("### `jitlens export"), text.indexOf("### `jitlens schema"));
  const said = [...section.matchAll(/^\| (`.*?`) \|/gm)].flatMap((m) => [...m[1]!.matchAll(/`([^`]+)`/g)].map((x) => x[1]!));
  expect(new Set(said)).toEqual(new Set(EXPORTERS.map((e) => e.id)));
});
