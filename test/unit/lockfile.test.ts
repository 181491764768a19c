// The lock file names every platform's optional packages: without them `npm ci` refuses it, and an install on another system lacks native parts.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
const { packages } = JSON.parse(readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8")) as {
  packages: Readonly<Record<string, Locked>>;
};

test("every optional package that the lock file names has its entry", () => {
  const lost = Object.entries(packages).flatMap(([at, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => ![`${at}/node_modules/${name}`, `node_modules/${name}`].some((path) => path in packages))
      .map((name) => `${at} → ${name}`),
  );
  expect(lost).toEqual([]);
});
