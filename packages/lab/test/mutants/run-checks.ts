// Runs the checks that are named on the command line, one after the other, until a finding does not hold. Writes a line
// per check: its name, whether it held, and its seconds. Exit code 1 when one did not hold.
import { CHECKS } from "../../src/checks/checks.ts";

/** Runs a check up to its first finding that does not hold. */
function holds(id: string): boolean {
  const check = CHECKS.find((one) => one.id === id);
  if (check === undefined) throw new Error(`there is no check ${id}`);
  let findings = 0;
  for (const finding of check.run(false)) {
    if (!finding.holds) return false;
    findings++;
  }
  return findings > 0;
}

for (const id of process.argv.slice(2)) {
  const began = performance.now();
  const held = holds(id);
  const seconds = (performance.now() - began) / 1000;
  process.stdout.write(`${id} ${held ? "holds" : "fails"} ${seconds}\n`);
  if (held) continue;
  process.exitCode = 1;
  break;
}
