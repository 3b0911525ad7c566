// Takes the place of tap where the examples' tests run on the installed packages: the assertions that they use, by
// Node's own test runner. tap itself has too many types and files for a folder that shows what the packages need.
import assert from "node:assert/strict";
import { test } from "node:test";

interface Assertions {
  equal(found: unknown, expected: unknown): void;
  same(found: unknown, expected: unknown): void;
  match(found: string | undefined, pattern: RegExp): void;
}

const assertions: Assertions = {
  equal: (found, expected) => assert.equal(found, expected),
  same: (found, expected) => assert.deepEqual(found, expected),
  match: (found, pattern) => assert.match(found ?? "", pattern),
};

const t = {
  test(name: string, run: (t: Assertions) => Promise<void>): void {
    test(name, () => run(assertions));
  },
};

// biome-ignore lint/style/noDefaultExport: tap has one
export { t as default };
