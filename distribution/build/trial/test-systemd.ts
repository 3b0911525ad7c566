// `npm run dist -- --test-systemd`: boots a clean Debian with systemd in a container, and tries the package in it (see
// systemd-trial.ts).
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runTrial } from "./clean-root.ts";
import { otherBuild } from "./other-build.ts";

/** Tries the package `deb`, and writes what happens to stdout. Throws when it does not go well. */
export function testSystemd(deb: string): void {
  runTrial({
    name: "test systemd",
    script: join(import.meta.dirname, "systemd-trial.ts"),
    words: (out) => [
      deb,
      otherBuild({ deb, out, suffix: ".2" }),
      otherBuild({ deb, out, suffix: ".3", edit: cannotStart }),
    ],
    programs: { "systemd-nspawn": "systemd-container", nsenter: "util-linux" },
    include: ["libatomic1", "logrotate", "systemd", "systemd-sysv"],
  });
}

/** Puts a program that ends at once in place of the executable. */
function cannotStart(stage: string): void {
  const program = join(stage, "usr/bin/tandem");
  writeFileSync(program, "#!/bin/sh\necho 'this build cannot start' >&2\nexit 1\n");
  chmodSync(program, 0o755);
}
