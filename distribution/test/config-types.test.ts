// The generated types of the configuration are those that zod infers from the schema, in both directions.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { inputTypes, loadedTypes } from "../build/packages/config-types.ts";
import { root } from "../build/repository.ts";
import { run } from "../build/run.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-config-types-"));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

/**
 * `Whole` makes every key required. Two types of which one lacks an optional key can be assigned to each other, and
 * their `Whole` cannot.
 */
const AGREEMENT = `import type { Config as InferredConfig, ConfigInput as InferredInput } from "SOURCES/index.ts";
import type { Config } from "./loaded.ts";
import type { ConfigInput } from "./written.ts";

type Whole<T> = T extends readonly (infer Item)[]
  ? readonly Whole<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Whole<T[Key]> }
    : T;

declare const config: Config;
declare const input: ConfigInput;
declare const inferredConfig: InferredConfig;
declare const inferredInput: InferredInput;
declare const whole: <T>(value: T) => Whole<T>;

export const agreement = {
  loaded: config satisfies InferredConfig,
  loadedBack: inferredConfig satisfies Config,
  loadedWhole: whole(config) satisfies Whole<InferredConfig>,
  loadedWholeBack: whole(inferredConfig) satisfies Whole<Config>,
  written: input satisfies InferredInput,
  writtenBack: inferredInput satisfies ConfigInput,
  writtenWhole: whole(input) satisfies Whole<InferredInput>,
  writtenWholeBack: whole(inferredInput) satisfies Whole<ConfigInput>,
};
`;

/** Compiles the agreement of the inferred types with these. Throws what the compiler says. */
function compile(written: string, loaded: string): void {
  const sources = root("packages/config/src");
  const at = (text: string) =>
    text.replaceAll(/"(?:SOURCES|\.)\/(.*?)\.(?:js|ts)"/g, (whole, path) =>
      /^(?:loaded|written)$/.test(path) ? whole : `"${sources}/${path}.ts"`,
    );
  writeFileSync(join(folder, "written.ts"), at(written));
  writeFileSync(join(folder, "loaded.ts"), at(loaded));
  writeFileSync(join(folder, "agreement.ts"), at(AGREEMENT));
  const compilerOptions = {
    typeRoots: [root("node_modules/@types")],
    rewriteRelativeImportExtensions: false, // the sources are named by absolute paths
  };
  const settings = {
    extends: root("tsconfig.json"),
    compilerOptions,
    include: ["*.ts"],
    exclude: [],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(settings));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  run(root("node_modules/.bin/tsc"), ["--project", folder]);
}

t.test("the types agree, and a type that does not is noticed", async (t) => {
  const [written, loaded] = [await inputTypes(), await loadedTypes()];
  compile(written, loaded);
  const lacking = written.replace(/^replay\?: .*$/m, "");
  t.not(lacking, written);
  t.throws(() => compile(lacking, loaded), /replay/, "an optional key that is missing");
  const other = loaded.replace(/^idle: number$/m, "idle: string");
  t.not(other, loaded);
  t.throws(() => compile(written, other), /idle/, "a key of another type");
});
