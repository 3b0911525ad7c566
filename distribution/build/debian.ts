// Makes the Debian package of the single executable. Two builds of a commit from the same executable give the same
// bytes: all times are that of the commit, all files belong to root, and dpkg-deb sorts them.
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type About, maintainer, maintainerScripts, packageFiles } from "./debian/tree.ts";
import { run } from "./run.ts";

export interface DebianOptions extends About {
  readonly executable: string;
  /** The folder that gets the package. */
  readonly out: string;
}

/** Debian's word for the architecture of this machine. */
const ARCHITECTURE = process.arch === "arm64" ? "arm64" : "amd64";

/** Makes the package, and returns its path. */
export async function makeDebian(options: DebianOptions): Promise<string> {
  const { executable, out, version, epoch } = options;
  const stage = mkdtempSync(join(tmpdir(), "tandem-debian-"));
  try {
    chmodSync(stage, 0o755);
    const files = await packageFiles(options);
    for (const [path, content] of Object.entries(files)) put(join(stage, path), content, 0o644);
    const binary = join(stage, "usr/bin/tandem");
    mkdirSync(dirname(binary), { recursive: true });
    copyFileSync(executable, binary);
    chmodSync(binary, 0o755);
    const paths = [...Object.keys(files), "usr/bin/tandem"].sort();
    putControl(stage, paths, version);
    const output = join(out, `tandem_${version}_${ARCHITECTURE}.deb`);
    run(
      "dpkg-deb",
      ["--root-owner-group", "-Zxz", "-z3", "--threads-max=1", "--build", stage, output],
      { env: { ...process.env, SOURCE_DATE_EPOCH: `${epoch}` } },
    );
    return output;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

function putControl(stage: string, paths: readonly string[], version: string): void {
  const control = (name: string, text: string, mode = 0o644) =>
    put(join(stage, "DEBIAN", name), text, mode);
  const conffiles = paths.filter((path) => path.startsWith("etc/"));
  const bytes = paths.map((path) => statSync(join(stage, path)).size);
  const kib = bytes.reduce((sum, size) => sum + Math.ceil(size / 1024), 0);
  control("control", controlText(version, kib));
  control("conffiles", conffiles.map((path) => `/${path}\n`).join(""));
  const sums = paths.filter((path) => !conffiles.includes(path));
  control("md5sums", sums.map((path) => `${md5(join(stage, path))}  ${path}\n`).join(""));
  for (const [name, text] of Object.entries(maintainerScripts())) control(name, text, 0o755);
}

/** systemd has the program systemd-notify, which the units need; a container without systemd does without. */
function controlText(version: string, kib: number): string {
  return `Package: tandem
Version: ${version}
Architecture: ${ARCHITECTURE}
Maintainer: ${maintainer()}
Installed-Size: ${kib}
Pre-Depends: init-system-helpers (>= 1.54~)
Depends: adduser, libatomic1 (>= 4.8), libc6 (>= 2.28), libgcc-s1 (>= 3.4), libstdc++6 (>= 8)
Recommends: logrotate, systemd
Suggests: bash-completion, mariadb-server
Section: httpd
Priority: optional
Description: load balancer, web server and application server
 Tandem runs a website on one or two servers: a load balancer that ends TLS, web
 servers and application servers, described by one file. This package has all of
 it in one program, with the Node.js that runs it.
`;
}

function put(path: string, content: string | Buffer, mode: number): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  writeFileSync(path, content, { mode });
  chmodSync(path, mode); // whatever the umask is
}

function md5(path: string): string {
  return createHash("md5").update(readFileSync(path)).digest("hex");
}
