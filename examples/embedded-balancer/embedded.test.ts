// Runs the example, and every example of docs/library.md and docs/coming-from-http-proxy.md.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createBalancer } from "@tandem/balancer";
import t from "tap";
import { startApp } from "./app.ts";
import { hooks } from "./hooks.ts";
import { observe } from "./observe.ts";
import { options } from "./options.ts";
import { replace } from "./replace.ts";
import { rewrites } from "./rewrites.ts";

const headers = { Authorization: "Bearer secret" };

t.test("a balancer in a test", async (t) => {
  await using app = await startApp("one");
  await using balancer = await createBalancer({
    frontends: { web: { bind: "127.0.0.1:0", routes: [{ backend: "app" }] } },
    backends: { app: { servers: { one: { address: `127.0.0.1:${app.port}` } } } },
  }).start();

  const answer = await fetch(`${balancer.url()}/hello`);

  t.equal(await answer.text(), "one /hello for nobody");
  t.equal(balancer.status().backends[0]?.requests, 1);
});

t.test("who may, where to, and what is told", async (t) => {
  await using one = await startApp("one");
  await using two = await startApp("two");
  await using three = await startApp("three");
  await using balancer = createBalancer(options(one.port, two.port, three.port), hooks);
  const lines: string[] = [];
  observe(balancer, (line) => void lines.push(line));
  await balancer.start();

  const ask = (path: string, more: Record<string, string> = {}) =>
    fetch(balancer.url() + path, { headers: more });
  t.equal(await (await ask("/ping")).text(), "pong");
  const unknown = await ask("/a", { Authorization: "Bearer guess" });
  t.equal(unknown.status, 401);
  t.equal(unknown.headers.get("www-authenticate"), "Bearer");
  const page = await ask("/private/a", headers);
  t.match(await page.text(), /^(one|two) \/private\/a for ada$/);
  t.equal(page.headers.get("x-powered-by"), null);
  t.equal(page.headers.get("cache-control"), "no-store");
  const canary = await ask("/a", { ...headers, "X-Canary": "1" });
  t.equal(await canary.text(), "three /a for ada");
  t.equal(lines.length, 4);
  t.match(lines[2], /^GET \/private\/a 200 by (one|two) in \d+ ms $/);
  const { port } = one;
  await one.close();
  await balancerSays(lines, /^app\/one is down: /);
  await using _again = await startApp("one", port);
  await balancerSays(lines, /^app\/one is up$/);
});

t.test("a server replaced under load loses nothing", async (t) => {
  let one = await startApp("one");
  await using two = await startApp("two");
  await using three = await startApp("three");
  await using balancer = await createBalancer(
    options(one.port, two.port, three.port),
    hooks,
  ).start();
  let running = true;
  const seen = new Set<string>();
  const visitor = async () => {
    for (; running; ) {
      const answer = await fetch(balancer.url(), { headers });
      seen.add(`${answer.status} ${(await answer.text()).split(" ")[0]}`);
    }
  };
  const visitors = [visitor(), visitor(), visitor()];
  await replace(balancer, "one", async () => {
    const { port } = one;
    await one.close();
    one = await startApp("newer", port);
  });
  await until(() => seen.has("200 newer"));
  running = false;
  await Promise.all(visitors);
  await one.close();
  t.same(
    [...seen].filter((answer) => !answer.startsWith("200 ")),
    [],
  );
});

t.test("what http-proxy has options for", async (t) => {
  await using app = await startApp("one");
  await using balancer = await createBalancer(
    options(app.port, app.port, app.port),
    rewrites,
  ).start();
  const page = await fetch(`${balancer.url()}/api/users?id=1`);
  t.equal(await page.text(), "one /users?id=1 for nobody");
  const login = await fetch(`${balancer.url()}/login`, { redirect: "manual" });
  t.equal(login.headers.get("location"), `${balancer.url()}/home`);
  t.equal(login.headers.get("set-cookie"), "id=1; HttpOnly");
});

t.test("the program runs, drains and ends", async (t) => {
  const { PATH = "", HOME = "" } = process.env;
  const file = fileURLToPath(new URL("main.ts", import.meta.url));
  const program = spawn(process.execPath, [file], { env: { PATH, HOME } });
  t.teardown(() => program.kill("SIGKILL"));
  const exited = once(program, "exit");
  const lines: string[] = [];
  program.stdout.on("data", (chunk) => void lines.push(String(chunk)));
  program.stderr.on("data", (chunk) => void lines.push(String(chunk)));
  await balancerSays(lines, /^http:\S+\/ answers/);
  const [url = ""] = /^http:\S+/.exec(lines.join("")) ?? [];
  t.match(await (await fetch(url, { headers })).text(), /for ada$/);
  program.kill("SIGTERM");
  t.same(await exited, [0, null], lines.join(""));
});

const root = new URL("../../", import.meta.url);
const squeezed = (text: string) => text.replaceAll(/\s+/g, " ").trim();

t.test("every example of the two pages is one of these files, word for word", async (t) => {
  const files = globSync("*.ts", { cwd: new URL(".", import.meta.url) });
  const code = files.map((file) => squeezed(readFileSync(new URL(file, import.meta.url), "utf8")));
  let examples = 0;
  for (const page of ["docs/library.md", "docs/coming-from-http-proxy.md", "README.md"]) {
    const text = readFileSync(new URL(page, root), "utf8");
    for (const [, language = "", example = ""] of text.matchAll(/^```(\w+)\n(.*?)^```$/gms)) {
      if (!/^(ts|js|typescript|javascript)$/.test(language)) continue;
      examples += 1;
      const known = code.some((file) => file.includes(squeezed(example)));
      t.ok(known, `${page}: ${example.split("\n")[0]}`, { example });
    }
  }
  t.ok(examples >= 7, `${examples} examples were found`);
});

const balancerSays = (lines: readonly string[], what: RegExp) =>
  until(() => lines.some((line) => what.test(line)));

async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 60_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`still not so after 60 s: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
