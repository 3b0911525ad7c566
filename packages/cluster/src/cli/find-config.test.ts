// Tests which configuration file a command takes that was called without `--config`.
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, lchownSync, linkSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { environment } from "../../test/environment.ts";
import { CommandRefusal } from "../refusal.ts";
import { findConfig, type Search } from "./find-config.ts";

const TANDEM = fileURLToPath(new URL("../../bin/tandem.ts", import.meta.url));
const user = process.getuid?.();

const SITE = `site: found.test
balancer:
  frontends: { web: { bind: "127.0.0.1:0", routes: [{ backend: app }] } }
  backends: { app: { servers: { one: { address: "127.0.0.1:9" } } } }
`;

/** Returns a search from a folder of the test, with a machine file that does not exist unless it is given. */
const from = (folder: string, rest: Partial<Search> = {}): Search => ({
  ...{ folder, machineFile: "/nowhere/tandem.yaml", user },
  ...rest,
});

/** Returns the message of the refusal, which ends the command with the exit code of a faulty configuration. */
function refused(search: Search): string {
  try {
    return `found ${findConfig(search)}`;
  } catch (error) {
    if (!(error instanceof CommandRefusal)) throw error;
    return error.exitCode === 2 ? error.message : `exit code ${error.exitCode}`;
  }
}

t.test("no file: every place is named, in the order of the search", async (t) => {
  const dir = t.testdir({ a: { b: {} } });
  const message = refused(from(join(dir, "a/b")));
  const places = [join(dir, "a/b"), join(dir, "a"), dir, ""].map((one) => `${one}/tandem.yaml`);
  const at = [...places, "/nowhere/tandem.yaml"].map((path) => message.indexOf(`  ${path}\n`));
  t.ok(at[0] !== undefined && at[0] > 0, message);
  t.same(
    at,
    at.toSorted((x, y) => x - y),
  );
  t.match(message, /name its file with --config FILE, or write one with 'tandem init'$/);
});

t.test("a file above that belongs to another user is refused, unless it is named", async (t) => {
  const dir = t.testdir({ "tandem.yaml": SITE, a: {} });
  t.equal(findConfig(from(join(dir, "a"))), "../tandem.yaml");
  if (user === 0) chownSync(join(dir, "tandem.yaml"), 12_345, 12_345); // a file of root's is taken by every user
  const stranger = { user: user === 0 ? 0 : (user ?? 0) + 1 };
  const message = refused(from(join(dir, "a"), stranger));
  t.match(
    message,
    /tandem\.yaml: this file belongs to user \d+, expected a file and a folder of yours/,
  );
  t.match(message, `if you trust it, name it: --config ${dir}/tandem.yaml`);
});

t.test("a folder that every user may write: others may replace what is in it", async (t) => {
  const dir = t.testdir({ "tandem.yaml": SITE, mine: { "other.yaml": SITE }, a: {} });
  const [below, file] = [from(join(dir, "a")), join(dir, "tandem.yaml")];
  chmodSync(dir, 0o777);
  t.match(refused(below), /this file is in a folder that every user may write, expected/);
  t.match(refused(from(dir)), /every user may write/, "also as the current folder");
  chmodSync(dir, 0o1777); // as /tmp is
  t.equal(findConfig(below), "../tandem.yaml", "with the sticky bit others cannot replace it");
  linkSync(file, join(dir, "mine/tandem.yaml"));
  t.match(refused(below), /this file has a second name \(hard link\), in a shared folder/);
  chmodSync(dir, 0o755);
  t.equal(findConfig(below), "../tandem.yaml");
  chmodSync(file, 0o666);
  t.match(refused(below), /this file may be written by every user/);
  t.equal(findConfig(from(dir)), "tandem.yaml", "the current folder is the user's own");
});

const asRoot = user === 0 ? {} : { skip: "only root can give a file to another user" };

t.test("a link of another user to a file of one's own", asRoot, async (t) => {
  const dir = t.testdir({ shared: { a: {} }, home: { "tandem.yaml": SITE } });
  const [shared, link] = [join(dir, "shared"), join(dir, "shared/tandem.yaml")];
  symlinkSync(join(dir, "home/tandem.yaml"), link);
  t.equal(findConfig(from(join(shared, "a"))), "../tandem.yaml", "a link of one's own is taken");
  chmodSync(shared, 0o1777);
  lchownSync(link, 12_345, 12_345);
  for (const folder of [join(shared, "a"), shared])
    t.match(refused(from(folder)), /this file is a link that belongs to user 12345, expected/);
});

t.test("a folder of another user, with a file of one's own", asRoot, async (t) => {
  const dir = t.testdir({ "tandem.yaml": SITE, a: {} });
  chownSync(dir, 12_345, 12_345);
  for (const folder of [join(dir, "a"), dir])
    t.match(refused(from(folder)), /this file is in a folder that belongs to user 12345, expected/);
});

t.test("in a folder of one's own every file is taken", asRoot, async (t) => {
  const dir = t.testdir({ "tandem.yaml": SITE });
  chownSync(join(dir, "tandem.yaml"), 12_345, 12_345);
  t.equal(findConfig(from(dir)), "tandem.yaml");
});

t.test("the nearest file, upwards, then the machine's", async (t) => {
  const dir = t.testdir({ "tandem.yaml": SITE, a: { b: {} }, c: { "tandem.yaml": SITE } });
  t.equal(findConfig(from(dir)), "tandem.yaml");
  t.equal(findConfig(from(join(dir, "a/b"))), "../../tandem.yaml");
  t.equal(findConfig(from(join(dir, "c"))), "tandem.yaml");
  const machineFile = join(dir, "tandem.yaml");
  t.equal(findConfig(from("/", { machineFile })), machineFile);
});

/** Runs `tandem` in `cwd`. */
const tandem = (cwd: string, ...words: readonly string[]) =>
  spawnSync(process.execPath, [TANDEM, ...words], {
    ...{ cwd, encoding: "utf8", timeout: 60_000 },
    env: environment(cwd),
  });

t.test("every command takes it, and says which where it is not ./tandem.yaml", async (t) => {
  const dir = t.testdir({ "tandem.yaml": SITE.replace("site:", "state: kept\nsite:"), a: {} });
  const below = join(dir, "a");
  for (const words of [["check"], ["status"], ["cert", "ca"]]) {
    const name = words.join(" ");
    t.match(tandem(below, ...words).stderr, /^configuration: \.\.\/tandem\.yaml\n/, name);
  }
  t.match(
    tandem(dir, "cert", "show").stdout,
    `${dir}/kept/tls/ca.crt`,
    "paths start at the file's folder",
  );
  t.equal(tandem(dir, "check").stderr, "", "nothing is said of ./tandem.yaml");
  const named = tandem(dir, "check", "a/tandem.yaml");
  t.match(named, { status: 2, stderr: /^a\/tandem\.yaml:1:1 {2}no such file/ });
  const option = tandem(below, "stop", "--config", "tandem.yaml");
  t.match(option, { status: 2, stderr: /^tandem\.yaml:1:1 {2}no such file/ });
  const shown = tandem("/", "cert", "show", join(dir, "kept/tls/ca.crt"));
  t.match(shown, { status: 0, stderr: "" }, "a command that needs no file looks for none");
});
