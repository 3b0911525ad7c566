// Makes the tarballs of the packages, looks into them, installs them into a folder outside the repository, and runs the
// examples of the documents there.
import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { installConsumer } from "../build/packages/consumer.ts";
import { makeTarballs } from "../build/packages/make.ts";
import { PACKAGES } from "../build/packages/table.ts";
import { TRIALS } from "../build/packages/trials.ts";
import { root } from "../build/repository.ts";

const out = mkdtempSync(join(tmpdir(), "tandem-tarballs-"));
t.teardown(() => rmSync(out, { recursive: true, force: true }));
const tarballs = await makeTarballs(out);
const consumer = installConsumer(tarballs);
t.teardown(() => consumer[Symbol.dispose]());

for (const [name, { atMost, bin, entries }] of Object.entries(PACKAGES)) {
  t.test(`${name}: what is in it`, async (t) => {
    const folder = join(consumer.folder, "node_modules", name);
    const files = globSync("**/*", { cwd: folder }).filter((file) =>
      statSync(join(folder, file)).isFile(),
    );
    for (const file of ["LICENSE", "README.md", "package.json"]) t.ok(files.includes(file), file);
    t.same(
      files.filter((file) => /(?<!\.d)\.ts$|\.test\.|(^|\/)tests?\//.test(file)),
      [],
      "no source, no test",
    );
    const size = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
    t.ok(size <= atMost, `${size} bytes, at most ${atMost}`);
    for (const file of files) {
      const text = readFileSync(join(folder, file), "utf8");
      t.notOk(
        text.includes(root("packages")) || text.includes(`${tmpdir()}/`),
        `${file}: no path of this machine`,
      );
      if (file.endsWith(".d.ts")) {
        const needed = [...text.matchAll(/(?:from|import\() ?"([^."][^"]*)"/g)].map(([, id]) => id);
        t.same(
          needed.filter((id) => !id?.startsWith("node:")),
          [],
          `${file}: needs Node's types alone`,
        );
      }
    }
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    for (const key of ["private", "scripts", "dependencies", "devDependencies"])
      t.notOk(key in manifest, `package.json has no '${key}'`);
    if (bin === undefined) t.ok(Object.keys(entries).every((entry) => entry in manifest.exports));
    else t.ok(existsSync(join(consumer.folder, "node_modules/.bin", bin)));
  });
}

t.test("THIRD-PARTY names the libraries of the laboratory's page too", async (t) => {
  const text = readFileSync(join(consumer.folder, "node_modules/tandem/THIRD-PARTY"), "utf8");
  t.match(text, /^uplot \d.* MIT$/m);
  t.match(text, "Leon Sorokin");
});

for (const [what, { run }] of Object.entries(TRIALS))
  t.test(what, async () => await run(consumer, process.execPath));

t.test("the command says which Node it needs", async (t) => {
  const old = `Object.defineProperty(process, "versions", { value: { node: "20.19.4" } });`;
  const bin = join(consumer.folder, "node_modules/tandem/bin/tandem.js");
  const preload = `data:text/javascript,${encodeURIComponent(old)}`;
  const { status, stderr } = spawnSync(process.execPath, ["--import", preload, bin, "--version"], {
    encoding: "utf8",
  });
  t.equal(status, 1);
  t.match(stderr, /^tandem needs Node 22\.18\.0 or newer, and \S+ is Node 20\.19\.4\./);
});
