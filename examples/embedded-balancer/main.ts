// Runs the example of an embedded balancer: node examples/embedded-balancer/main.ts
import { createBalancer } from "@tandem/balancer";
import { startApp } from "./app.ts";
import { hooks } from "./hooks.ts";
import { observe } from "./observe.ts";
import { options } from "./options.ts";

const apps = await Promise.all(["one", "two", "three"].map((name) => startApp(name)));
const [one, two, three] = apps.map(({ port }) => port);

const balancer = createBalancer(options(one ?? 0, two ?? 0, three ?? 0), hooks);
observe(balancer, console.log);
await balancer.start();
console.log(`${balancer.url()}/ answers to: curl -H 'Authorization: Bearer secret'`);

process.once("SIGTERM", async () => {
  await balancer.drain(); // running requests are finished, for at most `drain` (10s)
  for (const app of apps) await app.close();
});
