// What a command says when the machine is at fault: a full disk, a folder without rights.
import { mkdirSync, openSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { report } from "./cli/terminal.ts";
import { systemFault } from "./system-fault.ts";

function thrown(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("expected an error");
}

t.test("a full disk is a message of one line, and exit code 1", (t) => {
  if (process.platform !== "linux") {
    t.pass("a full disk", { skip: "/dev/full is a device of Linux" });
    return t.end();
  }
  const written = t.capture(process.stderr, "write");
  t.equal(report(thrown(() => writeFileSync("/dev/full", "text"))), 1);
  t.same(
    written().map(({ args }) => args[0]),
    ["tandem: write failed, the disk is full; make room, then try again (ENOSPC)\n"],
  );
  t.end();
});

t.test("the place is named where the system names it", (t) => {
  const denied = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
  const advice = "this user may not do that; check the owner and the mode (EACCES)";
  t.equal(systemFault({ ...denied }), undefined, "only errors");
  t.equal(
    systemFault(Object.assign(denied, { syscall: "mkdir", path: "/var/lib/tandem" })),
    `/var/lib/tandem: mkdir failed, ${advice}`,
  );
  t.equal(
    systemFault(Object.assign(denied, { syscall: "rename", path: "/a", dest: "/b" })),
    `/b: rename failed, ${advice}`,
  );
  t.end();
});

t.test("an error that may be a bug keeps its stack", (t) => {
  const folder = t.testdir({ file: "" });
  const bugs = [
    thrown(() => openSync(join(folder, "missing"), "r")),
    thrown(() => mkdirSync(join(folder, "file/below"))),
    thrown(() => renameSync(join(folder, "missing"), join(folder, "other"))),
    new TypeError("undefined is not a function"),
    "text",
  ];
  for (const bug of bugs) t.equal(systemFault(bug), undefined);
  const written = t.capture(process.stderr, "write");
  report(bugs[0]);
  t.match(written().at(0)?.args[0], /ENOENT.*\n +at /);
  t.end();
});
