// Which Debian a clean root is made of: the release and the mirror that apt uses on this machine.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface DebianSource {
  readonly suite: string;
  readonly mirror: string;
}

/** Returns the first source with `main` in the texts of apt's files, in either form of them. Throws when none has one. */
export function debianSource(texts: readonly string[] = sourceTexts()): DebianSource {
  for (const text of texts) {
    const line = /^deb (?:\[.*?\] )?(\S+:\/\/\S+) (\S+) main/m.exec(text);
    if (line !== null) return { mirror: line[1] ?? "", suite: line[2] ?? "" };
    const mirror = /^URIs: (\S+)/m.exec(text)?.[1];
    const suite = /^Suites: (\S+)/m.exec(text)?.[1];
    if (mirror !== undefined && suite !== undefined) return { mirror, suite };
  }
  throw new Error(
    "apt has no source with 'main' in /etc/apt/sources.list or /etc/apt/sources.list.d on this machine; write one there, " +
      'such as "deb http://deb.debian.org/debian bookworm main"',
  );
}

/** Returns the texts of apt's files in the folder `apt`. A machine may lack any of them, and the folder as well. */
export function sourceTexts(apt = "/etc/apt"): readonly string[] {
  const folder = join(apt, "sources.list.d");
  const names = present(() => readdirSync(folder)) ?? [];
  const more = names.filter((name) => /\.(list|sources)$/.test(name)).sort();
  const paths = [join(apt, "sources.list"), ...more.map((name) => join(folder, name))];
  return paths.flatMap((path) => present(() => readFileSync(path, "utf8")) ?? []);
}

/** Returns what `read` returns; undefined when the file or folder does not exist. */
function present<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
