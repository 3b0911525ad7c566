// A file that is loaded in a thread gives what it gives without one: the same configuration, or the same report.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import t, { type Test } from "tap";
import { ConfigError, loadForBoxApart, type StartThread } from "./apart.ts";
import { loadForBox } from "./this-box.ts";

const start: StartThread = (entry, options) => new Worker(entry, options);

const TWO_BOXES = `site: www.example.com
cluster:
  boxes: { box1: { balancer: true }, box2: { balancer: true } }
balancer:
  frontends: { web: { bind: "127.0.0.1:8080", routes: [{ backend: web }] } }
  backends: { web: { servers: { box1: { address: "10.0.0.1:8081" }, box2: { address: "10.0.0.2:8081" } } } }
`;

function given(t: Test, text: string): string {
  const file = join(t.testdir(), "tandem.yaml");
  writeFileSync(file, text);
  return file;
}

t.test("a valid file", async (t) => {
  const file = given(t, TWO_BOXES);
  const request = { file, box: "box2", hostname: "elsewhere" };
  t.same(await loadForBoxApart(request, start), loadForBox(file, "box2", "elsewhere"));
});

const BROKEN: Readonly<Record<string, string>> = {
  "a wrong key": "site: www.example.com\nbalancr: {}\n",
  "broken YAML": "site: [www.example.com\n",
  "a name that is none of the boxes": TWO_BOXES,
};
for (const [what, text] of Object.entries(BROKEN))
  t.test(what, async (t) => {
    const file = given(t, text);
    const found = loadForBoxApart({ file, box: undefined, hostname: "elsewhere" }, start);
    const error = await found.then(
      () => t.fail("the file was accepted"),
      (reason: unknown) => reason,
    );
    t.ok(error instanceof ConfigError, "the report of a person, not a trace");
    t.throws(() => loadForBox(file, undefined, "elsewhere"), error as ConfigError);
  });

t.test("no file", async (t) => {
  const request = { file: join(t.testdir(), "absent.yaml"), box: undefined, hostname: "here" };
  await t.rejects(loadForBoxApart(request, start), { message: /no such file/ });
});

t.test("a thread that fails or ends without an answer", async (t) => {
  const request = { file: "tandem.yaml", box: undefined, hostname: "here" };
  const failing: StartThread = () => new Worker("throw new Error('no memory')", { eval: true });
  await t.rejects(loadForBoxApart(request, failing), { message: "no memory" });
  const silent: StartThread = () => new Worker("", { eval: true });
  await t.rejects(loadForBoxApart(request, silent), {
    message: "tandem.yaml: the thread that reads it ended without an answer",
  });
});
