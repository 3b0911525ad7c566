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
}

/** Returns the content of each file by its path in the package. All get the mode 0644. */
export async function packageFiles({
  version,
  epoch,
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
    "usr/share/doc/tandem/copyright": copyright(),
    "usr/share/doc/tandem/changelog.gz": gzipSync(readFileSync(root("CHANGELOG.md")), { level: 9 }),
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

/** The licence of Tandem, and that of Node with all that is part of it. */
function copyright(): string {
  const node = readFileSync(join(process.execPath, "../../LICENSE"), "utf8");
  return `The program contains Tandem, and Node.js with the libraries that belong to it.\n\nTandem\n\n${readFileSync(root("LICENSE"), "utf8")}\nNode.js\n\n${node}`;
}
