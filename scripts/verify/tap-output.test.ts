// Feeds real samples of tap's output to TapOutput and checks what is printed.
import t from "tap";
import { TapOutput } from "./tap-output.ts";

function read(text: string) {
  const printed: string[] = [];
  const output = new TapOutput((line) => printed.push(line));
  for (const line of text.split("\n")) output.line(line);
  return { printed, ...output.totals() };
}

t.test("a failing file is shown whole, a passing one in a line", async (t) => {
  const { printed, passed, failed } = read(`TAP version 14
# Subtest: a.test.ts
    ok 1 - fine
    1..1
ok 1 - a.test.ts # time=1ms

# Subtest: b.test.ts
    not ok 1 - wrong
      ---
      diff: here
      ...
    1..1
not ok 2 - b.test.ts # time=1ms

1..2
# { total: 2, pass: 1, fail: 1 }
# time=12ms`);
  t.equal(passed, 1);
  t.equal(failed, 1);
  t.ok(printed.includes("      diff: here"));
  t.notOk(printed.includes("    ok 1 - fine"));
  t.ok(printed.includes("ok 1 - a.test.ts # time=1ms"));
});

t.test("skipped tests keep their place and reason", async (t) => {
  const { skipped, failed } = read(`# Subtest: a.test.ts
    # Subtest: outer
        ok 1 - inner # SKIP no network namespaces here
        1..1
    ok 1 - outer # time=1ms
    ok 2 - bare # SKIP
    1..2
ok 1 - a.test.ts # time=1ms
# { total: 2, skip: 2 }`);
  t.strictSame(skipped, [
    "a.test.ts > outer > inner: no network namespaces here",
    "a.test.ts > bare: no reason given",
  ]);
  t.equal(failed, 0);
});

t.test("a file without a test counts as failed", async (t) => {
  const { failed, skipped } = read("ok 1 - a.test.ts # SKIP no tests found\n# { total: 0 }");
  t.equal(failed, 1);
  t.strictSame(skipped, []);
});
