// `npm run dist -- --test-root`: tries the package in a clean Debian without systemd (see root-trial.ts), and asks lintian.
import { join } from "node:path";
import { runTrial } from "./clean-root.ts";
import { lint } from "./lintian.ts";
import { otherBuild } from "./other-build.ts";

/** Tries the package `deb`, and writes what happens to stdout. Throws when it does not go well. */
export function testRoot(deb: string): void {
  lint(deb);
  runTrial({
    name: "test root",
    script: join(import.meta.dirname, "root-trial.ts"),
    words: (out) => [deb, otherBuild({ deb, out, suffix: ".2" })],
    programs: {},
    include: ["libatomic1"],
  });
}
