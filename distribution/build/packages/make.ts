// Makes the tarballs of the packages.
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../bundle.ts";
import { root } from "../repository.ts";
import { run } from "../run.ts";
import { bundleDeclarations, type Declared, declare } from "./declarations.ts";
import { fileOf, manifestOf, version } from "./manifest.ts";
import { shortenMaps } from "./source-maps.ts";
import { PACKAGES, type Row } from "./table.ts";
import { THIRD_PARTY, thirdParty } from "./third-party.ts";

export interface Tarball {
  readonly name: string;
  readonly path: string;
}

/** Makes the tarball of each package in the folder `out`, which is emptied. */
export async function makeTarballs(out: string): Promise<readonly Tarball[]> {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  using declared = await declare();
  const tarballs: Tarball[] = [];
  for (const [name, row] of Object.entries(PACKAGES))
    tarballs.push({ name, path: await makeTarball(name, row, declared, out) });
  return tarballs;
}

async function makeTarball(
  name: string,
  row: Row,
  declared: Declared,
  out: string,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "tandem-package-"));
  try {
    await fill(folder, name, row, declared);
    const options = ["--silent", "--ignore-scripts", "--pack-destination", out];
    return join(out, run("npm", ["pack", folder, ...options]).trim());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(folder: string, name: string, row: Row, declared: Declared): Promise<void> {
  const entries = Object.fromEntries(
    Object.entries(row.entries).map(([entry, source]) => [fileOf(entry), source]),
  );
  const output = await bundle({ entries, out: folder });
  shortenMaps(folder);
  if (row.bin === undefined) await bundleDeclarations(declared, entries, folder);
  else writeCommand(folder, row.bin, row.node);
  const others = await thirdParty(output);
  if (others !== undefined) writeFileSync(join(folder, THIRD_PARTY), others);
  writeFileSync(join(folder, "package.json"), manifestOf(name, row));
  writeFileSync(join(folder, "README.md"), readme(name, row, others !== undefined));
  copyFileSync(root("LICENSE"), join(folder, "LICENSE"));
}

function readme(name: string, { readme: text, bin, node }: Row, others: boolean): string {
  const install = `npm install ${bin === undefined ? "" : "--global "}${name}`;
  const how = bin === undefined ? " and works with `import` and with `require`" : "";
  const inside = others
    ? " The libraries that it uses are inside, and `THIRD-PARTY` names them."
    : "";
  return `# ${name}

${text}
## Install

\`\`\`sh
${install}
\`\`\`

It needs Node ${node} or newer${how}. No other package is installed with it.${inside}

Version ${version()}. Licence: MIT.
`;
}

/**
 * Writes the executable of the command. An older Node would end with an error of its own about a name or a syntax that it
 * does not know, so this file is written for every Node that has modules, and loads the rest only when it will run.
 */
function writeCommand(folder: string, bin: string, oldest: string): void {
  mkdirSync(join(folder, "bin"));
  const text = `#!/usr/bin/env node
const [least, found] = ["${oldest}", process.versions.node];
const [major, minor] = found.split(".").map(Number);
const [leastMajor, leastMinor] = least.split(".").map(Number);
if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
  console.error(\`${bin} needs Node \${least} or newer, and \${process.execPath} is Node \${found}. Install a newer Node.\`);
  process.exitCode = 1;
} else {
  await import("../index.js");
}
`;
  writeFileSync(join(folder, "bin", `${bin}.js`), text, { mode: 0o755 });
}
