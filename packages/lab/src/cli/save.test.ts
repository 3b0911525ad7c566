// Tests that a folder is created or refused before a command computes results for it.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { refuseUnwritable } from "./save.ts";

t.test("missing folders are created, and existing ones are taken", async (t) => {
  const folder = join(t.testdir(), "a", "b");
  refuseUnwritable(folder);
  t.ok(existsSync(folder));
  refuseUnwritable(folder);
});

t.test("a file in the place of a folder is refused", async (t) => {
  const file = join(t.testdir(), "file");
  writeFileSync(file, "");
  t.throws(() => refuseUnwritable(file), { message: /^cannot write to .*file: EEXIST/ });
  t.throws(() => refuseUnwritable(join(file, "a")), { message: /^cannot write to .*ENOTDIR/ });
});

const NO_PROC = process.platform !== "linux" && "only Linux has /proc";
t.test("a folder below /proc is refused, and does not hang", { skip: NO_PROC }, async (t) => {
  for (const folder of ["/proc/x", "/proc/x/y"])
    t.throws(() => refuseUnwritable(folder), { message: /^cannot write to \/proc\/x.*ENOENT/ });
});
