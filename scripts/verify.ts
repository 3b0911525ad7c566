// `npm test`: checks lint, types, dead code and import rules in parallel, then runs every test. When a check fails, the
// tests still run. After tests the last line is "N passed, N failed", in which a failed check counts as one failure.
import { parseArgs } from "node:util";
import { runChecks } from "./verify/checks.ts";
import { passSignalsOn } from "./verify/child.ts";
import { longTests, runTests } from "./verify/tests.ts";

const USAGE = `Usage: npm test [-- FILE...]
       npm run test:coverage
       npm run test:long
       npm run check

Checks the whole repository, then runs its tests: real databases, browsers and processes. The exit code is 1 when
anything failed; the last line counts.

  FILE...      run only these test files, without the checks
  --coverage   measure which lines the tests run, which takes longer (npm run test:coverage)
  --long       run only the long tests, *.long.test.ts, which npm test leaves out (npm run test:long)
  --check      run only the checks: lint, types, dead code, import rules (npm run check)
  -h, --help   print this
`;

function given() {
  try {
    const given = parseArgs({
      allowPositionals: true,
      options: {
        check: { type: "boolean" },
        coverage: { type: "boolean" },
        long: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
    const { values, positionals } = given;
    if (
      [values.check, values.coverage, values.long, positionals.length > 0].filter(Boolean).length >
      1
    )
      throw new Error("files, --check, --coverage and --long exclude each other: give one of them");
    return given;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    process.exit(2);
  }
}

const { values, positionals } = given();
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
passSignalsOn();
const files = values.long ? longTests() : positionals;
const failedChecks = files.length > 0 ? 0 : await runChecks();
if (values.check) {
  process.exitCode = failedChecks === 0 ? 0 : 1;
} else {
  const tests = await runTests(files, values.coverage);
  const failed = tests.failed + failedChecks + (tests.passedAll || tests.failed > 0 ? 0 : 1);
  process.exitCode = failed === 0 ? 0 : 1;
  console.log(`\n${tests.passed} passed, ${failed} failed`);
}
