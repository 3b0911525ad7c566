// Tests where `--https` keeps its authority, and that it never serves with one that is damaged or known to others.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { unusable } from "../src/foreground/local-certificates.ts";
import { env, inForeground, ranToEnd, TANDEM } from "./foreground.ts";
import { tandem } from "./terminal.ts";

const HTTPS = ["--https", "--listen", "127.0.0.1:0"];

/** Returns a folder with the authority of a command that has ended. */
async function givenAuthority(t: Test): Promise<{ readonly folder: string; readonly tls: string }> {
  const folder = t.testdir({ tmp: {} });
  const run = inForeground(t, folder, "serve", "--https");
  await run.served();
  run.child.kill("SIGTERM");
  await run.exit;
  return { folder, tls: join(folder, "state/tandem/tls") };
}

t.test("a key of the authority that is empty, of another, or readable by others", async (t) => {
  const { folder, tls } = await givenAuthority(t);
  const key = join(tls, "ca.key");
  const refuses = (why: string): void => {
    const { status, stderr } = ranToEnd(folder, "serve", ...HTTPS);
    t.equal(status, 1, why);
    t.match(stderr, `${key}: ${why}`);
    t.match(
      stderr,
      `; remove the folder, and a new authority is made, which browsers have to trust anew:\n  rm -r ${tls}\n`,
    );
    t.notMatch(stderr, "try it");
  };
  chmodSync(key, 0o666);
  refuses("other users could read the key (mode 0666, expected 0600), and may have a copy");
  chmodSync(key, 0o600);
  writeFileSync(key, "");
  refuses("the key is damaged, expected a private key in PEM");
});

t.test(
  "prepare with a damaged key of the site's authority: a message, and nothing is issued",
  async (t) => {
    const cwd = t.testdir();
    t.equal(tandem(["init", "--yes", "--https"], { cwd }).status, 0);
    t.equal(tandem(["prepare"], { cwd }).status, 0);
    const tls = join(cwd, ".tandem/tls");
    writeFileSync(join(tls, "ca.key"), "");
    t.equal(tandem(["prepare"], { cwd }).status, 0, "there is nothing to sign");
    rmSync(join(tls, "site.crt"));
    const { status, stderr } = tandem(["prepare"], { cwd });
    t.equal(status, 1);
    t.match(stderr, `${tls}/ca.key: the key is damaged, expected a private key in PEM`);
    t.match(stderr, /; put it back from a backup, or remove .*\n.* have to trust anew\n$/);
    t.notOk(existsSync(join(tls, "site.crt")));
  },
);

t.test("a full disk is no matter of rights", async (t) => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), {
    code: "ENOSPC",
  });
  t.match(unusable("/x", full).message, /\(ENOSPC: .*\);\nthe disk is full: make room, or choose/);
  const denied = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
  t.match(unusable("/x", denied).message, /\(EACCES: .*\);\nmake it writable for this user, or/);
});

t.test("HOME without a path, and one where no folder can be made", async (t) => {
  const folder = t.testdir({ tmp: {} });
  const withHome = (HOME: string, ...words: readonly string[]) =>
    spawnSync(process.execPath, [TANDEM, "proxy", "3000", ...HTTPS, ...words], {
      ...{ cwd: folder, encoding: "utf8", timeout: 60_000 },
      env: { ...env(folder), XDG_STATE_HOME: undefined, HOME },
    });
  for (const home of ["", "relative/home"]) {
    const { stdout } = withHome(home, "--print");
    t.match(stdout, `cert: "${userInfo().homedir}/.local/state/tandem/tls/localhost.crt"`, home);
  }
  t.same(readdirSync(folder), ["tmp"], "nothing is made below the current folder");
  t.match(withHome("/proc"), {
    status: 1,
    stderr:
      /^\/proc\/\.local\/state\/tandem\/tls: the folder of the local authority cannot be used \(/,
  });
});
