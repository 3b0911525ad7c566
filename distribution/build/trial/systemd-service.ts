// Trials of the units while one build is installed.
import { match, ok, strictEqual } from "node:assert";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { request as requestTls } from "node:https";
import type { Machine } from "./machine.ts";
import { answered, page } from "./pages.ts";
import type { SystemdTrial } from "./systemd-trial.ts";

const CONFIG = "etc/tandem/tandem.yaml";
const ask = () => page(request, { port: 80 });

export async function install(machine: Machine, deb: string): Promise<string> {
  copyFileSync(deb, machine.path("tandem.deb"));
  return await machine.run("dpkg", "--install", "/tandem.deb");
}

const installs: SystemdTrial = async ({ machine, first }) => {
  await install(machine, first);
  strictEqual((await machine.attempt("systemctl", "is-enabled", "tandem")).said.trim(), "disabled");
  strictEqual((await machine.attempt("systemctl", "is-active", "tandem")).said.trim(), "inactive");
  return `${(await machine.run("tandem", "--version")).trim()}; nothing is enabled or started`;
};

const starts: SystemdTrial = async ({ machine }) => {
  await machine.run("systemctl", "enable", "--now", "tandem");
  strictEqual(await ask(), "hello");
  const status = await machine.run(
    "cat",
    `/proc/${await machine.property("tandem", "MainPID")}/status`,
  );
  match(status, /^CapEff:\t0{13}400$/m); // CAP_NET_BIND_SERVICE alone
  const uid = (await machine.run("id", "--user", "tandem")).trim();
  match(status, new RegExp(`^Uid:\t${uid}\t${uid}\t`, "m"));
  const said = await machine.property("tandem", "StatusText");
  match(await machine.run("journalctl", "--no-pager", "--unit=tandem"), /http:\/\/\*:80 /);
  return `port 80 answers when 'systemctl start' returns, as the user tandem with one capability; status "${said}"`;
};

/** Edits the file as its comments say, with certificates of Tandem's own authority. */
const servesTls: SystemdTrial = async ({ machine }) => {
  const before = readFileSync(machine.path(CONFIG), "utf8");
  const edited = before
    .replaceAll(/^( {4})# (https:| {2}bind:| {2}tls:| {2}routes:)/gm, "$1$2")
    .replaceAll("/etc/tandem/site", "/var/lib/tandem/tls/site");
  writeFileSync(machine.path(CONFIG), edited);
  const as = ["setpriv", "--reuid=tandem", "--regid=tandem", "--init-groups"];
  await machine.run(...as, "tandem", "prepare", "--config", `/${CONFIG}`);
  await machine.run("systemctl", "reload", "tandem");
  const ca = readFileSync(machine.path("var/lib/tandem/tls/ca.crt"));
  strictEqual(await page(requestTls, { port: 443, ca, servername: "localhost" }), "hello");
  writeFileSync(machine.path(CONFIG), before);
  await machine.run("systemctl", "reload", "tandem");
  return "'systemctl reload' opens https://localhost:443, and closes it again";
};

const comesBack: SystemdTrial = async ({ machine }) => {
  const folder = machine.path("etc/systemd/system/tandem.service.d");
  mkdirSync(folder);
  writeFileSync(`${folder}/trial.conf`, "[Service]\nWatchdogSec=4\n");
  await machine.run("systemctl", "daemon-reload");
  await machine.run("systemctl", "restart", "tandem");
  for (const [nth, signal] of ["KILL", "STOP"].entries()) {
    await machine.run("systemctl", "kill", "--kill-whom=main", `--signal=${signal}`, "tandem");
    await machine.until(`systemd starts the unit anew after SIG${signal}`, async () => {
      const restarts = await machine.property("tandem", "NRestarts");
      const state = await machine.property("tandem", "ActiveState");
      return restarts === `${nth + 1}` && state === "active";
    });
    strictEqual(await answered(ask), "hello");
  }
  match(await machine.run("journalctl", "--no-pager", "--unit=tandem"), /Watchdog timeout/);
  rmSync(folder, { recursive: true });
  await machine.run("systemctl", "daemon-reload");
  return "after SIGKILL, and after SIGSTOP, at which the watchdog bites, the unit starts anew and answers";
};

const refusesBrokenFile: SystemdTrial = async ({ machine }) => {
  const before = readFileSync(machine.path(CONFIG), "utf8");
  writeFileSync(machine.path(CONFIG), before.replace("backend: app", "backend: nothing"));
  ok((await machine.attempt("systemctl", "reload", "tandem")).status !== 0, "the reload fails");
  strictEqual(await ask(), "hello");
  ok((await machine.attempt("systemctl", "restart", "tandem")).status !== 0, "the restart fails");
  strictEqual(await machine.property("tandem", "ExecMainStatus"), "2");
  strictEqual(await machine.property("tandem", "NRestarts"), "0");
  match(await machine.run("journalctl", "--no-pager", "--unit=tandem"), /nothing/);
  writeFileSync(machine.path(CONFIG), before);
  await machine.run("systemctl", "start", "tandem");
  strictEqual(await ask(), "hello");
  return "the reload fails and the site goes on; a restart fails with 2 once, and is not tried again";
};

const rotates: SystemdTrial = async ({ machine }) => {
  await machine.run("logrotate", "--force", "/etc/logrotate.d/tandem");
  const fresh = async () => {
    await ask();
    const { said } = await machine.attempt(
      ...["find", "/var/log/tandem", "-name", "balancer-*.access.log", "-size", "+0"],
    );
    return said !== "";
  };
  await machine.until("a line is in the new access log", fresh);
  return "after logrotate a request is in the new access log";
};

export const SERVICE: readonly SystemdTrial[] = [
  installs,
  starts,
  servesTls,
  comesBack,
  refusesBrokenFile,
  rotates,
];
