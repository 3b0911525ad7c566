// Runs the checks that are named on the command line, one after the other, until one does not hold. Writes a line per
// check: its name, whether it held, and its seconds. Exit code 1 when one did not hold.
import { runCheck } from "../../src/checks/check.ts";
import { CHECKS } from "../../src/checks/checks.ts";

for (const id of process.argv.slice(2)) {
  const check = CHECKS.find((one) => one.id === id);
  if (check === undefined) throw new Error(`there is no check ${id}`);
  const { verdict, seconds } = runCheck(check, false, () => performance.now());
  process.stdout.write(`${id} ${verdict} ${seconds}\n`);
  if (verdict === "holds") continue;
  process.exitCode = 1;
  break;
}
