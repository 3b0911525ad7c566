// Installs the packages of pnpm-lock.yaml, the pinned Node included; with --services also the programs that tests
// start. This script runs on the machine's own Node, before anything is installed, so it is plain JavaScript without
// packages. When everything is installed already, it reads only a few files.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 20;
/** The programs that tests start, each with the Debian package that contains it. */
const PROGRAMS = [
  { program: "mariadbd", packages: ["mariadb-server"] },
  { program: "redis-server", packages: ["redis-server"] },
  { program: "chromium", packages: ["chromium"] },
  { program: "ip", packages: ["iproute2"] },
  { program: "curl", packages: ["curl"] },
  { program: "openssl", packages: ["openssl"] },
];

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (name) => readFileSync(join(root, name), "utf8");

function fail(...lines) {
  console.error(lines.join("\n"));
  process.exit(1);
}

function checkNode() {
  const found = process.versions.node;
  if (Number(found.split(".")[0]) < OLDEST_NODE)
    fail(
      `Set-up runs on Node ${OLDEST_NODE} or newer; this is ${found} (${process.execPath}).`,
      "Any newer Node will do: Tandem brings its own for everything else.",
    );
}

function installDependencies() {
  const { packageManager } = JSON.parse(read("package.json"));
  const wanted = createHash("sha256")
    .update(packageManager)
    .update(read("pnpm-workspace.yaml"))
    .update(read("pnpm-lock.yaml"))
    .update(`${process.platform} ${process.arch}`)
    .digest("hex");
  const stamp = join(root, "node_modules", ".setup");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;

  console.log(`Installing dependencies with ${packageManager} ...`);
  // With NODE_ENV=production pnpm would leave out the tools that tests need, so pnpm does not get
  // NODE_ENV.
  const { NODE_ENV: _, ...env } = process.env;
  const install = spawnSync(
    "npm",
    ["exec", "--yes", "--", packageManager, "install", "--frozen-lockfile"],
    { cwd: root, stdio: "inherit", env: { ...env, npm_config_update_notifier: "false" } },
  );
  if (install.error) fail(`Set-up needs npm, which could not be started: ${install.error.message}`);
  if (install.status !== 0)
    fail("Set-up failed: it needs npm and the npm registry. See the messages above.");
  if (!existsSync(join(root, "node_modules", ".bin", "node")))
    fail(`There is no pinned Node for ${process.platform} on ${process.arch}.`);
  writeFileSync(stamp, wanted);
}

function installPrograms() {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin", "/usr/bin"];
  const present = ({ program }) => folders.some((folder) => existsSync(join(folder, program)));
  const missing = PROGRAMS.filter((entry) => !present(entry));
  if (missing.length === 0) return;

  const names = missing.map(({ program }) => program).join(", ");
  const packages = missing.flatMap((entry) => entry.packages);
  const install = ["apt-get", "install", "-y", "--no-install-recommends", ...packages];
  const byHand = `sudo apt-get update && sudo ${install.join(" ")}`;
  if (!folders.some((folder) => existsSync(join(folder, "apt-get"))))
    fail(`Tests need programs that are not here: ${names}.`, `On Debian: ${byHand}`);
  const sudo = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  if (sudo.length > 0 && spawnSync("sudo", ["-n", "true"]).status !== 0)
    fail(`Tests need programs that are not here: ${names}.`, "Run this, then try again:", byHand);

  console.log(`Installing ${packages.join(", ")} ...`);
  for (const command of [["apt-get", "update"], install]) {
    const [program, ...args] = [...sudo, "env", "DEBIAN_FRONTEND=noninteractive", ...command];
    const { status } = spawnSync(program, args, { stdio: "inherit" });
    if (status !== 0) fail(`Failed: ${command.join(" ")}`, "Run this, then try again:", byHand);
  }
  const still = PROGRAMS.filter((entry) => !present(entry)).map(({ program }) => program);
  if (still.length > 0) fail(`Installed, but still not found: ${still.join(", ")}.`);
}

checkNode();
installDependencies();
if (process.argv.includes("--services")) installPrograms();
