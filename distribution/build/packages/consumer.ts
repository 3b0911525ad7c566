// A program that uses the packages: a folder outside the repository into which their tarballs are installed. The examples
// of the documents are compiled there, as modules and as CommonJS, against the installed declarations alone.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../repository.ts";
import { run } from "../run.ts";
import type { Tarball } from "./make.ts";

const EXAMPLE = root("examples/embedded-balancer");
const PARTS = [
  "app",
  "embedded.test",
  "hooks",
  "observe",
  "options",
  "replace",
  "rewrites",
  "until",
  "users",
];

export interface Consumer extends Disposable {
  readonly folder: string;
}

/** Installs the packages without a network, and compiles the examples. Throws when either fails. */
export function installConsumer(tarballs: readonly Tarball[]): Consumer {
  const folder = mkdtempSync(join(tmpdir(), "tandem-consumer-"));
  const consumer = {
    folder,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
  try {
    write(folder, "package.json", { private: true, type: "module" });
    const paths = tarballs.map(({ path }) => path);
    run("npm", ["install", "--offline", "--no-audit", "--no-fund", ...paths], { cwd: folder });
    copyExamples(folder, tarballs);
    compile(folder);
    return consumer;
  } catch (error) {
    consumer[Symbol.dispose]();
    throw error;
  }
}

function copyExamples(folder: string, tarballs: readonly Tarball[]): void {
  for (const kind of ["module", "commonjs"]) {
    mkdirSync(join(folder, kind));
    write(folder, `${kind}/package.json`, { type: kind });
    for (const part of PARTS) {
      const text = readFileSync(join(EXAMPLE, `${part}.ts`), "utf8");
      writeFileSync(
        join(folder, kind, `${part}.ts`),
        text.replace('from "tap"', 'from "./tap.ts"'),
      );
    }
    cpSync(root("distribution/consumer/tap.ts"), join(folder, kind, "tap.ts"));
  }
  cpSync(join(EXAMPLE, "main.ts"), join(folder, "module/main.ts"));
  cpSync(root("examples/custom-algorithm/warm-first.ts"), join(folder, "module/warm-first.ts"));
  for (const file of ["required.cjs", "tls.cjs"])
    cpSync(root("distribution/consumer", file), join(folder, file));
  const certificate =
    "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=app.test -addext subjectAltName=IP:127.0.0.1";
  run("openssl", [...certificate.split(" "), "-keyout", "tls.key", "-out", "tls.crt"], {
    cwd: folder,
  });
  for (const { name } of tarballs) {
    const example = readmeExample(folder, name);
    if (example !== undefined)
      writeFileSync(join(folder, "module", `${readmeFile(name)}.ts`), example);
  }
}

/** Returns the name of the file, without its extension, that the first example of a README becomes. */
export function readmeFile(name: string): string {
  return `readme-${name.replace("@tandem/", "")}`;
}

/** Returns the first example in TypeScript of a README, changed so that it needs no certain port, and ends. */
function readmeExample(folder: string, name: string): string | undefined {
  const text = readFileSync(join(folder, "node_modules", name, "README.md"), "utf8");
  const example = /^```ts\n(.*?)^```$/ms.exec(text)?.[1];
  if (example === undefined) return undefined;
  const end = example.includes("createBalancer") ? "await balancer.close();\n" : "";
  return `${example.replaceAll("127.0.0.1:8080", "127.0.0.1:0")}${end}`;
}

/** Compiles the examples as strictly as a program may, the installed declarations included. */
function compile(folder: string): void {
  mkdirSync(join(folder, "node_modules/@types"));
  symlinkSync(root("node_modules/@types/node"), join(folder, "node_modules/@types/node"));
  const compilerOptions = {
    ...{
      strict: true,
      skipLibCheck: false,
      noEmitOnError: true,
      rewriteRelativeImportExtensions: true,
    },
    ...{ module: "nodenext", target: "es2023", lib: ["esnext"], types: ["node"] },
  };
  write(folder, "tsconfig.json", { compilerOptions, include: ["module", "commonjs"] });
  run(root("node_modules/.bin/tsc"), ["--project", "."], { cwd: folder });
}

function write(folder: string, name: string, value: object): void {
  writeFileSync(join(folder, name), JSON.stringify(value));
}
