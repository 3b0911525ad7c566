// Trials of a second instance, of files with wrong rights, of removal, and of what is left.
import { match, ok, strictEqual } from "node:assert";
import { request } from "node:http";
import type { Machine } from "./machine.ts";
import { page } from "./pages.ts";
import { install } from "./systemd-service.ts";
import type { SystemdTrial } from "./systemd-trial.ts";

const ask = () => page(request, { port: 80 });

const refusesSecond: SystemdTrial = async ({ machine }) => {
  const as = ["setpriv", "--reuid=tandem", "--regid=tandem", "--init-groups"];
  const config = ["--config", "/etc/tandem/tandem.yaml"];
  const { status, said } = await machine.attempt("timeout", "60", ...as, "tandem", "up", ...config);
  ok(status !== 0 && status !== 124, `'tandem up' beside the unit ended with ${status}`);
  strictEqual(await ask(), "hello");
  return `'tandem up' beside the unit: ${said.trim().split("\n").at(0)}`;
};

const namesWrongRights: SystemdTrial = async ({ machine }) => {
  await machine.run("chmod", "0600", "/etc/tandem/tandem.yaml");
  const { status } = await machine.attempt("systemctl", "restart", "tandem");
  ok(status !== 0, "a start without the right to read the file fails");
  const journal = await machine.run("journalctl", "--no-pager", "--unit=tandem", "--lines=20");
  match(journal, /tandem\.yaml:1:1 +may not be read by this user/);
  strictEqual(await machine.property("tandem", "NRestarts"), "0");
  await machine.run("chmod", "0644", "/etc/tandem/tandem.yaml");
  await machine.run("systemctl", "start", "tandem");
  return "a configuration that the service may not read fails the start once, and the journal says so";
};

const removes: SystemdTrial = async ({ machine }) => {
  await machine.run("dpkg", "--remove", "tandem");
  strictEqual((await machine.attempt("systemctl", "is-active", "tandem")).said.trim(), "inactive");
  strictEqual(await machine.run("sh", "-c", RUNNING), "");
  const left = await leftOver(machine);
  const kept = (path: string) => KEPT.some((form) => form.test(path)) || HELPER.test(path);
  strictEqual(left.filter((path) => !kept(path)).join(" "), "");
  return `while it ran: it is stopped, and configuration and data are left (${left.length} paths)`;
};

const installsAgain: SystemdTrial = async ({ machine, first }) => {
  await install(machine, first);
  strictEqual((await machine.attempt("systemctl", "is-enabled", "tandem")).said.trim(), "enabled");
  await machine.run("systemctl", "start", "tandem");
  strictEqual(await ask(), "hello");
  match(await machine.run("cat", "/etc/tandem/tandem.yaml"), /changed by its owner/);
  return "with the configuration that was left; what was enabled is enabled";
};

const purges: SystemdTrial = async ({ machine }) => {
  await machine.run("dpkg", "--purge", "tandem");
  const left = await leftOver(machine);
  strictEqual(left.filter((path) => !HELPER.test(path)).join(" "), "");
  strictEqual((await machine.attempt("systemctl", "is-active", "tandem")).said.trim(), "inactive");
  return `while it ran: nothing is left but the user${left.length === 0 ? "" : ` and ${left.join(" ")}`}`;
};

/** What a removal leaves: configuration, which units are enabled, state and logs. */
const KEPT = [
  /^\/etc\/(tandem|default\/tandem|logrotate\.d\/tandem)(\/|$)/,
  /^\/etc\/systemd\/system\/[a-z-]+\.target\.wants\/tandem\.service$/,
  /^\/var\/(lib|log)\/tandem(\/|$)/,
];

/** Prints the processes that run the program, also one that was removed from the disk meanwhile. */
const RUNNING = "find /proc -maxdepth 2 -name exe -lname '/usr/bin/tandem*' 2>/dev/null; true";

/** The memory of deb-systemd-helper, which belongs to another package. */
const HELPER = /^\/var\/lib\/systemd\//;

/** Returns the paths of files whose name has to do with Tandem, apart from dpkg's own. */
async function leftOver(machine: Machine): Promise<readonly string[]> {
  await machine.run("rm", "-f", "/tandem.deb");
  const found = await machine.run(
    "find",
    "/",
    "-xdev",
    "-path",
    "/proc",
    "-prune",
    "-o",
    "-path",
    "*tandem*",
    "-print",
  );
  return found.split("\n").filter((path) => path !== "" && !path.startsWith("/var/lib/dpkg/"));
}

export const REMOVAL: readonly SystemdTrial[] = [
  refusesSecond,
  namesWrongRights,
  removes,
  installsAgain,
  purges,
];
