// The package.json of a package for the registry.
import { readFileSync } from "node:fs";
import { root } from "../repository.ts";
import type { Row } from "./table.ts";

/** Returns the name of the file, without its extension, of an entry in `exports`. */
export function fileOf(entry: string): string {
  return entry === "." ? "index" : entry.slice("./".length);
}

/** Returns the version that all packages have, which is the repository's. */
export function version(): string {
  const text = readFileSync(root("package.json"), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}

export function manifestOf(name: string, { description, entries, bin, node }: Row): string {
  const exports = Object.fromEntries(
    Object.keys(entries).map((entry) => {
      const file = fileOf(entry);
      return [entry, { types: `./${file}.d.ts`, default: `./${file}.js` }];
    }),
  );
  const manifest = {
    ...{ name, version: version(), description, license: "MIT", type: "module" },
    engines: { node: `>=${node}` },
    ...(bin === undefined
      ? { exports: { ...exports, "./package.json": "./package.json" }, sideEffects: false }
      : { bin: { [bin]: `./bin/${bin}.js` } }),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}
