// Makes another build of a Debian package for a trial: the same files with a higher version, and with changes if wanted.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../run.ts";

export interface OtherBuild {
  /** The package that it is made of. */
  readonly deb: string;
  /** The folder that gets it. */
  readonly out: string;
  /** What is added to the version. */
  readonly suffix: string;
  /** Changes the unpacked package. Its folder DEBIAN has the control files. */
  readonly edit?: (stage: string) => void;
}

/** Makes the package, and returns its path. It is compressed less than one that is handed out, which takes minutes. */
export function otherBuild({ deb, out, suffix, edit }: OtherBuild): string {
  const stage = mkdtempSync(join(out, "build-"));
  try {
    run("dpkg-deb", ["-R", deb, stage]);
    const control = join(stage, "DEBIAN/control");
    const text = readFileSync(control, "utf8");
    writeFileSync(control, text.replace(/^Version: .*$/m, `$&${suffix}`));
    edit?.(stage);
    const output = join(out, `tandem${suffix}.deb`);
    run("dpkg-deb", ["--root-owner-group", "-Zgzip", "-z1", "--build", stage, output]);
    return output;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}
