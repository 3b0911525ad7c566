// Tries the Debian package in a clean Debian: installs it, runs the commands of its units as their user, asks pages,
// upgrades while a client asks, removes and purges. Runs in namespaces of its own (see clean-root.ts):
//   node root-trial.ts ROOT FIRST.deb SECOND.deb
import { strictEqual } from "node:assert";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { request as requestTls } from "node:https";
import { join } from "node:path";
import { answered, page } from "./pages.ts";
import { Visitors } from "./visitors.ts";

const [root = "", first = "", second = ""] = process.argv.slice(2);
const say = (line: string): void => void process.stdout.write(`trial         ${line}\n`);
const inRoot = (...parts: readonly string[]): string => join(root, ...parts);
function run(program: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    env: CLEAN,
    encoding: "utf8",
  });
  if (status === 0) return stdout;
  throw new Error(`${[program, ...args].join(" ")}: ${error?.message ?? stdout + stderr}`);
}

/** The environment of the root: nothing of the machine's own. */
const CLEAN = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" };

const MIGRATION = "/proc/sys/net/ipv4/tcp_migrate_req";
const LOW_PORT = "+net_bind_service";
/** The words that start a program as the unit does: in the root, as its user, with one capability. */
const AS_UNIT = [
  ...[root, "/usr/bin/env", "-C", "/var/lib/tandem", "setpriv"],
  ...["--reuid=tandem", "--regid=tandem", "--init-groups", "--no-new-privs"],
  ...[
    `--bounding-set=-all,${LOW_PORT}`,
    `--inh-caps=-all,${LOW_PORT}`,
    `--ambient-caps=${LOW_PORT}`,
  ],
];

/** Starts the ExecStart of a unit. Resolves when `ready` does, and rejects when the program ends before. */
async function startUnit(
  name: string,
  ready: (child: ChildProcess) => Promise<unknown>,
): Promise<ChildProcess> {
  const unit = readFileSync(inRoot("usr/lib/systemd/system", `${name}.service`), "utf8");
  const command = /^ExecStart=(.*)$/m.exec(unit)?.[1]?.replace("$TANDEM_OPTIONS", "").trim() ?? "";
  const child = spawn("chroot", [...AS_UNIT, ...command.split(" ")], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: CLEAN,
  });
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`${name} ended with ${code}: ${command}`);
  });
  await Promise.race([ready(child), ended]);
  ended.catch(() => undefined); // it is stopped later
  return child;
}

/** A tier says over its channel that it listens. */
const tierReady = (child: ChildProcess): Promise<unknown> => once(child, "message");

async function stop(child: ChildProcess): Promise<void> {
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  strictEqual((await exit)[0], 0, "a stopped unit exits with 0");
}

/** Returns all paths of the root, except those that dpkg itself and the mounts have. */
function pathsOfRoot(): ReadonlySet<string> {
  const skipped = [
    "proc",
    "dev",
    "var/lib/dpkg",
    "var/cache",
    "var/log/dpkg.log",
    "run/adduser",
    "var/log/alternatives.log",
  ];
  const all = run("find", root, "-xdev", "-mindepth", "1", "-printf", "%P\\n").trim().split("\n");
  return new Set(
    all.filter((path) => !skipped.some((skip) => path === skip || path.startsWith(`${skip}/`))),
  );
}

const added = (before: ReadonlySet<string>): readonly string[] =>
  [...pathsOfRoot()].filter((path) => !before.has(path)).sort();

function install(deb: string): void {
  copyFileSync(deb, inRoot("tandem.deb"));
  run("chroot", root, "env", "DEBIAN_FRONTEND=noninteractive", "dpkg", "-i", "/tandem.deb");
  run("rm", inRoot("tandem.deb"));
}

async function tryUp(): Promise<void> {
  const up = await startUnit("tandem", () => answered(() => page(request, { port: 80 })));
  strictEqual(await page(request, { port: 80 }), "hello");
  await stop(up);
  say("tandem.service: http://127.0.0.1:80 answers as the user tandem, and SIGTERM ends it with 0");
}

/** Edits the file as its comments say, with certificates of Tandem's own authority. */
async function tryTls(): Promise<void> {
  const config = inRoot("etc/tandem/tandem.yaml");
  const before = readFileSync(config, "utf8");
  const edited = before
    .replaceAll(/^( {4})# (https:| {2}bind:| {2}tls:| {2}routes:)/gm, "$1$2")
    .replaceAll("/etc/tandem/site", "/var/lib/tandem/tls/site");
  writeFileSync(config, edited);
  run("chroot", ...AS_UNIT, "/usr/bin/tandem", "prepare", "--config", "/etc/tandem/tandem.yaml");
  const ca = readFileSync(inRoot("var/lib/tandem/tls/ca.crt"));
  const tls = { port: 443, ca, servername: "localhost" };
  const up = await startUnit("tandem", () => answered(() => page(requestTls, tls)));
  strictEqual(await page(requestTls, tls), "hello");
  await stop(up);
  writeFileSync(config, before);
  say("with the comment signs removed and 'tandem prepare': https://localhost answers");
}

/** Does what postinst lets systemd do, while visitors ask. */
async function tryUpgrade(): Promise<void> {
  const old = await startUnit("tandem-balancer", tierReady);
  const visitors = new Visitors(() => page(request, { port: 80 }));
  install(second);
  strictEqual(readlinkSync(inRoot(`proc/${old.pid}/exe`)).endsWith("(deleted)"), true);
  const handover = await startUnit("tandem-balancer-handover", tierReady);
  await stop(old);
  const fresh = await startUnit("tandem-balancer", tierReady);
  await stop(handover);
  await visitors.more(50);
  const { answers, failures } = await visitors.end();
  await stop(fresh);
  say(`upgrade under load: ${answers} requests answered, ${failures.length} failed`);
  strictEqual(failures.join("\n"), "");
}

function tryRemoval(before: ReadonlySet<string>): void {
  const data = /^(etc\/(tandem|default\/tandem|logrotate\.d)|var\/(lib|log)\/tandem)(\/|$)/;
  const users = /^etc\/(passwd|group|shadow|gshadow|subuid|subgid)-?$/;
  const helper = /^var\/lib\/systemd(\/|$)/;
  run("chroot", root, "dpkg", "-r", "tandem");
  const left = added(before);
  say(`left by remove: ${left.join(" ")}`);
  const kept = (path: string) => data.test(path) || users.test(path) || helper.test(path);
  strictEqual(left.filter((path) => !kept(path)).join(" "), "");
  run("chroot", root, "dpkg", "-P", "tandem");
  const rest = added(before);
  say(`left by purge: ${rest.join(" ") || "nothing"}`);
  strictEqual(rest.filter((path) => !users.test(path) && !helper.test(path)).join(" "), "");
}

run("ip", "link", "set", "lo", "up");
run("mount", "-t", "proc", "proc", inRoot("proc"));
// Where systemd runs, postinst applies the package's own file for this. A kernel before 5.14 has no such setting.
if (existsSync(MIGRATION)) writeFileSync(MIGRATION, "1");
run("mount", "--rbind", "/dev", inRoot("dev"));
strictEqual(existsSync(inRoot("usr/bin/node")), false, "the root has no Node");
const before = pathsOfRoot();
install(first);
say(`installed: ${run("chroot", root, "tandem", "--version").trim()}`);
const origin = createServer((_, response) => response.end("hello")).listen(3000, "127.0.0.1");
await once(origin, "listening");
await tryUp();
await tryTls();
await tryUpgrade();
tryRemoval(before);
process.exit(0);
