// Joins an algorithm's file and the modules that it imports into one script for the page. Sucrase removes the types and
// makes imports into calls, in plain JavaScript, so that it works in an installed laboratory as well. How much of a module
// is used is not looked at: such files are small.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { extname, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Script } from "node:vm";
import { UsageError } from "./terminal.ts";

export interface OwnBundle {
  /** An expression of JavaScript: a function that returns what the file exports. */
  readonly code: string;
  /** Differs when any of the modules does. */
  readonly digest: string;
}

interface Module {
  readonly code: string;
  /** The numbers of the modules that it imports, by the names under which it does. */
  readonly imports: Readonly<Record<string, number>>;
}

type Transform = typeof import("sucrase").transform;

/**
 * Reads the file and all that it imports. Throws a UsageError when a module cannot be read, or imports what a browser
 * does not have. `typed` names the algorithm in the message.
 */
export async function bundleOwn(path: string, typed: string): Promise<OwnBundle> {
  const { transform } = await import("sucrase");
  const paths = [path];
  const modules: Module[] = [];
  // The list grows while it is read: each module adds those that it imports.
  for (const [index, one] of paths.entries())
    modules[index] = await read(one, { paths, typed, transform });
  const code = linked(modules);
  try {
    new Script(code);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw refusal(
      typed,
      `cannot be made into a script: ${why}; an 'await' outside a function and 'import.meta' cannot`,
    );
  }
  return { code, digest: createHash("sha256").update(code).digest("hex").slice(0, 16) };
}

interface Reading {
  readonly paths: string[];
  readonly typed: string;
  readonly transform: Transform;
}

async function read(path: string, { paths, typed, transform }: Reading): Promise<Module> {
  const text = readFileSync(path, "utf8");
  if (extname(path) === ".json") return { code: `module.exports = ${text};`, imports: {} };
  const typescript = /\.[cm]?ts$/.test(path);
  const { code } = transform(text, {
    transforms: typescript ? ["typescript", "imports"] : ["imports"],
    disableESTransforms: true,
    filePath: path,
  });
  const imports: Record<string, number> = {};
  for (const [, name = ""] of code.matchAll(/\brequire\(["']([^"'\n]+)["']\)/g)) {
    const found = resolved(name, path);
    if (found !== undefined) imports[name] = numberOf(found, paths);
    else if (isImported(name, text))
      throw refusal(
        typed,
        `${relative(".", path)} imports '${name}', which ${isBuiltin(name) ? "a browser does not have" : "was not found"}`,
      );
  }
  return { code, imports };
}

function refusal(typed: string, why: string): UsageError {
  return new UsageError(
    `${typed}: the page cannot run it: ${why}; 'tandem lab run S4 --algorithms ${typed}' can`,
  );
}

/** Returns the path of an imported module; undefined for what Node itself brings and for what is not there. */
function resolved(name: string, from: string): string | undefined {
  if (isBuiltin(name)) return undefined;
  if (/^(?:\.{0,2}\/|file:)/.test(name)) return fileURLToPath(new URL(name, pathToFileURL(from)));
  try {
    return createRequire(from).resolve(name);
  } catch {
    return undefined;
  }
}

/**
 * Whether the module imports this name when it is loaded. Other calls of `require` may never happen, and throw if they
 * do.
 */
function isImported(name: string, text: string): boolean {
  const quoted = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?:\\bfrom|\\bimport)\\s*["']${quoted}["']`).test(text);
}

function numberOf(path: string, paths: string[]): number {
  const known = paths.indexOf(path);
  return known >= 0 ? known : paths.push(path) - 1;
}

/** Returns a function that runs module 0 once, and whatever it imports. After an error they run again at the next call. */
function linked(modules: readonly Module[]): string {
  const list = modules.map(
    ({ code, imports }) =>
      `[${JSON.stringify(imports)}, function (exports, require, module) {${code}\n}]`,
  );
  return `(() => {
const modules = [${list.join(",\n")}];
const loaded = [];
const load = (number) => {
  if (loaded[number]) return loaded[number].exports;
  const [imports, run] = modules[number];
  const module = (loaded[number] = { exports: {} });
  const require = (name) => {
    if (Object.hasOwn(imports, name)) return load(imports[name]);
    throw new Error("there is no module '" + name + "' in a browser");
  };
  try {
    run.call(undefined, module.exports, require, module);
  } catch (error) {
    loaded.length = 0;
    throw error;
  }
  return module.exports;
};
return () => load(0);
})()`;
}
