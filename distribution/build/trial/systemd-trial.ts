// Tries the Debian package in a clean Debian with systemd: starts its units, kills them, breaks their configuration,
// upgrades while visitors ask, removes and purges. Runs in namespaces of its own (see clean-root.ts):
//   node systemd-trial.ts ROOT FIRST.deb SECOND.deb DOES-NOT-START.deb
import { once } from "node:events";
import { createServer } from "node:http";
import { run } from "../run.ts";
import { Machine } from "./machine.ts";
import { REMOVAL } from "./systemd-removal.ts";
import { SERVICE } from "./systemd-service.ts";
import { UPGRADE } from "./systemd-upgrade.ts";

export interface Context {
  readonly machine: Machine;
  readonly first: string;
  readonly second: string;
  /** A build whose program ends at once. */
  readonly broken: string;
}

/** Resolves to what it has shown. Rejects when that does not hold. They run one after the other, on one machine. */
export type SystemdTrial = (context: Context) => Promise<string>;

const [root = "", first = "", second = "", broken = ""] = process.argv.slice(2);
const say = (line: string): void => void process.stdout.write(`systemd       ${line}\n`);

run("ip", ["link", "set", "lo", "up"]);
const machine = await Machine.boot(root).catch((error: Error) => {
  say(`left out: systemd does not start in a container here: ${error.message}`);
  process.exit(0);
});
const origin = createServer((_, response) => response.end("hello")).listen(3000, "127.0.0.1");
await once(origin, "listening");
for (const trial of [...SERVICE, ...UPGRADE, ...REMOVAL]) {
  const shown = await trial({ machine, first, second, broken }).catch(async (error: Error) => {
    const journal = await machine.attempt("journalctl", "--no-pager", "--lines=40");
    say(`${trial.name}: ${error.stack}\n${journal.said}`);
    process.exit(1);
  });
  say(`${trial.name}: ${shown}`);
}
await machine.powerOff();
process.exit(0);
