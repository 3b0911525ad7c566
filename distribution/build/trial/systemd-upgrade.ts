// Trials of upgrades.
import { match, notStrictEqual, strictEqual } from "node:assert";
import { appendFileSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { page } from "./pages.ts";
import { install } from "./systemd-service.ts";
import type { Context, SystemdTrial } from "./systemd-trial.ts";
import { Visitors } from "./visitors.ts";

const CONFIG = "etc/tandem/tandem.yaml";
const ask = () => page(request, { port: 80 });

/** Installs a build while visitors ask. Resolves to what dpkg said, and how many requests were answered. */
async function installUnderLoad({ machine }: Context, deb: string) {
  const visitors = new Visitors(ask);
  await visitors.more(50);
  const said = await install(machine, deb);
  await visitors.more(50);
  const { answers, failures } = await visitors.end();
  strictEqual(failures.join("\n"), "", `${answers} answered, ${failures.length} failed`);
  return { said, answers };
}

const upgradesBalancer: SystemdTrial = async (context) => {
  const { machine, second } = context;
  appendFileSync(machine.path(CONFIG), "# changed by its owner\n");
  await machine.run("systemctl", "start", "tandem-balancer"); // stops tandem.service
  const before = await machine.property("tandem-balancer", "MainPID");
  const { answers } = await installUnderLoad(context, second);
  const after = await machine.property("tandem-balancer", "MainPID");
  notStrictEqual(after, before);
  strictEqual((await machine.run("readlink", `/proc/${after}/exe`)).trim(), "/usr/bin/tandem");
  strictEqual(await machine.property("tandem-balancer-handover", "ActiveState"), "inactive");
  match(readFileSync(machine.path(CONFIG), "utf8"), /changed by its owner/);
  return `${answers} requests answered during the upgrade, 0 failed; the changed configuration is kept`;
};

const keepsOldProcess: SystemdTrial = async (context) => {
  const { machine, broken, second } = context;
  const before = await machine.property("tandem-balancer", "MainPID");
  const { said, answers } = await installUnderLoad(context, broken);
  match(said, /the new build does not start.*the old one goes on/s);
  strictEqual(await machine.property("tandem-balancer", "MainPID"), before);
  const back = await installUnderLoad(context, second);
  return `a build that does not start leaves the old process (${answers} answered, 0 failed); so does going back (${back.answers}, 0 failed)`;
};

const upgradesAll: SystemdTrial = async (context) => {
  const { machine, first, second, broken } = context;
  await machine.run("systemctl", "start", "tandem"); // stops tandem-balancer.service
  const before = await machine.property("tandem", "MainPID");
  const down = await installUnderLoad(context, first);
  const between = await machine.property("tandem", "MainPID");
  notStrictEqual(between, before);
  const refused = await installUnderLoad(context, broken);
  match(refused.said, /the new build did not take over in tandem\.service; the old one goes on/);
  strictEqual(await machine.property("tandem", "MainPID"), between);
  const up = await installUnderLoad(context, second);
  const after = await machine.property("tandem", "MainPID");
  notStrictEqual(after, between);
  strictEqual((await machine.run("readlink", `/proc/${after}/exe`)).trim(), "/usr/bin/tandem");
  strictEqual(await machine.property("tandem", "ActiveState"), "active");
  strictEqual(await machine.property("tandem", "NRestarts"), "0");
  await machine.run("systemctl", "reload", "tandem");
  strictEqual(await ask(), "hello");
  const answers = down.answers + refused.answers + up.answers;
  return `tandem.service has the new build when dpkg returns, a build that does not start leaves the old one: ${answers} answered, 0 failed`;
};

export const UPGRADE: readonly SystemdTrial[] = [upgradesBalancer, keepsOldProcess, upgradesAll];
