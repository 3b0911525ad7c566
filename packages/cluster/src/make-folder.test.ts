// Tests that folders are made with all that is missing above them, or that the attempt ends.
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { makeFolder } from "./make-folder.ts";

t.test("makes what is missing, with the mode, and nothing twice", async (t) => {
  const folder = join(t.testdir(), "a/b/c");
  makeFolder(folder, 0o700);
  makeFolder(folder, 0o755);
  for (const path of [folder, join(folder, "..")]) t.equal(statSync(path).mode & 0o777, 0o700);
});

t.test("a file in the way, and a place where no folder can be made", async (t) => {
  const file = join(t.testdir(), "file");
  writeFileSync(file, "");
  t.throws(() => makeFolder(file, 0o700), { code: "EEXIST" });
  t.throws(() => makeFolder(join(file, "below"), 0o700), { code: "EEXIST", path: file });
  t.throws(() => makeFolder("/proc/tandem/below", 0o700), { code: "ENOENT", path: "/proc/tandem" });
});
