// Tests that keys are kept, and processes found, only in a state folder that other users cannot write.
import { chmodSync, chownSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { tandem } from "../test/terminal.ts";
import { refuseForeignState } from "./state-folder.ts";

const SITE = `site: found.test
balancer:
  frontends: { web: { bind: "127.0.0.1:0", routes: [{ backend: app }] } }
  backends: { app: { servers: { one: { address: "127.0.0.1:9" } } } }
`;

t.test("a folder that every user may write is refused by prepare and up", async (t) => {
  for (const inside of ["", "run", "tls"]) {
    const cwd = t.testdir({ "tandem.yaml": SITE, ".tandem": { run: {}, tls: {} } });
    const folder = join(cwd, ".tandem", inside);
    chmodSync(folder, 0o777);
    for (const command of ["prepare", "up"]) {
      const { status, stderr } = tandem([command], { cwd });
      t.equal(status, 1, `${command} ${inside}`);
      t.match(stderr, `${folder.replace(/\/$/, "")}: this folder may be written by every user, `);
      t.match(
        stderr,
        /\(ls -ld .*\) and correct them \(chown, chmod go-w\), or name another folder/,
      );
    }
    t.notOk(existsSync(join(folder, "up-localhost.json")));
  }
});

t.test("a folder of another user is refused, one of root's is not", async (t) => {
  const state = join(t.testdir(), "state");
  t.doesNotThrow(() => refuseForeignState({ state }), "there is none yet");
  mkdirSync(state);
  t.doesNotThrow(() => refuseForeignState({ state }));
  if (process.getuid?.() === 0) chownSync(state, 12_345, 12_345);
  const user = process.getuid?.() === 0 ? 0 : (process.getuid?.() ?? 0) + 1;
  t.throws(() => refuseForeignState({ state }, user), /this folder belongs to user \d+, expected/);
});

t.test("a link that leads nowhere is refused: another user could make its target", async (t) => {
  const state = t.testdir();
  symlinkSync("/tmp/no-such-folder-of-tandem", join(state, "tls"));
  t.throws(() => refuseForeignState({ state }), /tls: this folder is a link that leads nowhere/);
});
