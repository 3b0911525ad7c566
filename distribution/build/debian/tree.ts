// The files of the Debian package, apart from the executable: what each is made of, and where it goes.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root } from "../repository.ts";
import { commandTree } from "./command-tree.ts";
import { bashCompletion, fishCompletion, zshCompletion } from "./completions.ts";
import { commandPages } from "./man-command.ts";
import { configPage } from "./man-config.ts";
import { units } from "./units.ts";

export interface About {
  /** The version in Debian's form. */
  readonly version: string;
  /** The time of the commit, in seconds since 1970. All times in the package are this one. */
  readonly epoch: number;
  /** The list of the libraries in the executable, with the texts of their licences. */
  readonly libraries: string;
}

/** Returns the content of each file by its path in the package. All get the mode 0644. */
export async function packageFiles({
  version,
  epoch,
  libraries,
}: About): Promise<Readonly<Record<string, string | Buffer>>> {
  const date = new Date(epoch * 1000).toISOString().slice(0, 10);
  const tree = await commandTree();
  const pages = {
    ...(await commandPages({ version, date })),
    "tandem.yaml.5": configPage({ version, date }),
  };
  return {
    "etc/tandem/tandem.yaml": ours("tandem.yaml"),
    "etc/default/tandem": ours("default"),
    "etc/logrotate.d/tandem": ours("logrotate"),
    "usr/lib/sysctl.d/60-tandem.conf": ours("sysctl"),
    ...within("usr/lib/systemd/system", units()),
    ...Object.fromEntries(
      Object.entries(pages).map(([name, text]) => [
        `usr/share/man/man${name.at(-1)}/${name}.gz`,
        gzipSync(text, { level: 9 }),
      ]),
    ),
    "usr/share/bash-completion/completions/tandem": bashCompletion(tree),
    "usr/share/zsh/vendor-completions/_tandem": zshCompletion(tree),
    "usr/share/fish/vendor_completions.d/tandem.fish": fishCompletion(tree),
    "usr/share/doc/tandem/copyright": copyright(libraries),
    "usr/share/doc/tandem/changelog.gz": gzipSync(debianChangelog(version, epoch), { level: 9 }),
    "usr/share/doc/tandem/CHANGELOG.md.gz": gzipSync(readFileSync(root("CHANGELOG.md")), {
      level: 9,
    }),
    "usr/share/lintian/overrides/tandem": ours("lintian-overrides"),
  };
}

/** The scripts that dpkg runs. They are in the package's control part, with the mode 0755. */
export function maintainerScripts(): Readonly<Record<string, string>> {
  return { postinst: ours("postinst"), prerm: ours("prerm"), postrm: ours("postrm") };
}

function ours(name: string): string {
  return readFileSync(root("distribution/debian", name), "utf8");
}

function within(folder: string, files: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [join(folder, name), text]),
  );
}

/** The licences of Tandem, of the libraries in its code, and of Node with all that is part of it. */
function copyright(libraries: string): string {
  const node = readFileSync(join(process.execPath, "../../LICENSE"), "utf8");
  const tandem = readFileSync(root("LICENSE"), "utf8");
  const parts = { Tandem: tandem, "Libraries of others": libraries, "Node.js": node };
  const texts = Object.entries(parts).map(
    ([title, text]) => `${"=".repeat(80)}\n${title}\n\n${text}`,
  );
  return `The program contains Tandem, libraries from the npm registry, and Node.js with the libraries that belong to it.\n\n${texts.join("\n")}`;
}

/** Debian's tools read one entry for each version. What has changed is in CHANGELOG.md, for people. */
function debianChangelog(version: string, epoch: number): string {
  const date = new Date(epoch * 1000).toUTCString().replace("GMT", "+0000");
  return `tandem (${version}) unstable; urgency=medium

  * Built from the commit in the version; /usr/share/doc/tandem/CHANGELOG.md.gz
    says what has changed.

 -- ${maintainer()}  ${date}
`;
}

/**
 * The person or group that answers for the package. The variables are those of Debian's own tools (debchange(1)). The
 * project has no address for mail, so the default is one that can never exist (RFC 2606).
 */
export function maintainer(environment: NodeJS.ProcessEnv = process.env): string {
  const { DEBFULLNAME: name, DEBEMAIL: address } = environment;
  return `${name || "Tandem contributors"} <${address || "contributors@tandem.invalid"}>`;
}
