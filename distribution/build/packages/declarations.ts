// Makes the type declarations of the packages. The compiler declares every module of an entry, and a bundler makes one
// file of them for each entry, so that the declarations of a package need no other package than Node's types.
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Plugin, rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import { root } from "../repository.ts";
import { run } from "../run.ts";
import { inputTypes, loadedTypes } from "./config-types.ts";
import { entriesOf } from "./workspace.ts";

/** The folder in which the compiler has declared the modules. */
export interface Declared extends Disposable {
  readonly folder: string;
}

/** Declares every module of the libraries. Their types are not checked here; `npm run check` does that. */
export async function declare(): Promise<Declared> {
  const folder = mkdtempSync(join(tmpdir(), "tandem-declarations-"));
  const project = join(folder, "tsconfig.json");
  const compilerOptions = {
    ...{ noEmit: false, declaration: true, emitDeclarationOnly: true, noCheck: true },
    ...{ rootDir: root(), outDir: folder, typeRoots: [root("node_modules/@types")] },
  };
  const include = [root("packages/*/src")];
  // Relative patterns would start at the temporary folder, and exclude nothing.
  const exclude = [
    root("packages/**/*.test.ts"),
    root("packages/lab/src/page"),
    ...["appserver", "cluster", "webserver"].map((name) => root("packages", name)),
  ];
  const settings = { extends: root("tsconfig.json"), compilerOptions, include, exclude };
  writeFileSync(project, JSON.stringify(settings));
  run(root("node_modules/.bin/tsc"), ["--project", project]);
  await replaceInferred(join(folder, "packages/config/src"));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The bundler is given declarations alone, so it has none to make. */
const NO_GENERATOR = {
  emit: (_: string, file: string) => ({ error: `${file} has not been declared by the compiler` }),
};

/**
 * Writes one declaration file for each entry into the folder `out`. Parts that entries share get a file of their own.
 * Returns the names of the files.
 */
export async function bundleDeclarations(
  { folder }: Declared,
  entries: Readonly<Record<string, string>>,
  out: string,
): Promise<readonly string[]> {
  const declared = (source: string) => join(folder, source.replace(/\.ts$/, ".d.ts"));
  await using build = await rolldown({
    checks: { pluginTimings: false },
    input: Object.fromEntries(
      Object.entries(entries).map(([name, source]) => [name, declared(source)]),
    ),
    external: (id) => id.startsWith("node:") || (!/^[./]/.test(id) && !id.startsWith("@tandem/")),
    plugins: [ours(declared), ...dts({ dtsOnly: true, generator: NO_GENERATOR })],
  });
  const { output } = await build.write({
    dir: out,
    format: "esm",
    chunkFileNames: "[name]-[hash].d.ts",
  });
  return output.map(({ fileName }) => fileName);
}

/** Finds the declarations of our packages in the compiler's folder. */
function ours(declared: (source: string) => string): Plugin {
  const entries = entriesOf();
  return {
    name: "declarations of the workspace",
    resolveId: {
      filter: { id: /^@tandem\// },
      handler(id) {
        const source = entries.get(id);
        return source === undefined ? undefined : declared(source);
      },
    },
  };
}

const STATEMENT = /^export type (\w+) = (?:[^;{]|\{[^}]*\})*;$/gm;

/** Puts the generated types of the configuration in place of those that zod infers. */
async function replaceInferred(config: string): Promise<void> {
  const generated = { written: await inputTypes(), loaded: await loadedTypes() };
  const homes = new Map<string, string>();
  for (const [module, text] of Object.entries(generated)) {
    writeFileSync(join(config, `${module}.d.ts`), text);
    for (const [, name = ""] of text.matchAll(/^export (?:interface|type) (\w+)/gm))
      homes.set(name, `../${module}.js`);
  }
  for (const file of globSync("schema/*.d.ts", { cwd: config })) {
    const path = join(config, file);
    const replaced = readFileSync(path, "utf8").replaceAll(STATEMENT, (inferred, name: string) => {
      const home = homes.get(name);
      if (home === undefined || name === "BalanceInput") return inferred;
      return `import type { ${name} } from "${home}";\nexport type { ${name} };`;
    });
    writeFileSync(path, replaced);
  }
}
