// Runs every example of docs/library.md and docs/coming-from-http-proxy.md. The test of the packages compiles this file
// with the parts of the example, and runs them on the installed library, as modules and as CommonJS.
import { createBalancer } from "@tandem/balancer";
import t from "tap";
import { startApp } from "./app.ts";
import { hooks } from "./hooks.ts";
import { observe } from "./observe.ts";
import { options } from "./options.ts";
import { replace } from "./replace.ts";
import { rewrites } from "./rewrites.ts";
import { until } from "./until.ts";

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

const balancerSays = (lines: readonly string[], what: RegExp) =>
  until(() => lines.some((line) => what.test(line)));
