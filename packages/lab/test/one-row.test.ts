// Adding an algorithm takes one file and one row, as CONTRIBUTING.md says. This test adds the row of a toy algorithm to
// the registry while the registry is loaded, and changes nothing else. Then every part that is built on the registry
// must know the toy algorithm.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { registerHooks } from "node:module";
import type { AddressInfo } from "node:net";
import type { BalancerOptions } from "@tandem/balancer";
import t from "tap";

const root = new URL("../../../", import.meta.url);
const REGISTRY = new URL("packages/algorithms/src/algorithms.ts", root).href;
const TOY = new URL("packages/algorithms/test/toy/in-batches.ts", root).href;
const read = (file: URL | string) => readFileSync(new URL(file, root), "utf8");

const [END = "", ROW = ""] = [...read("CONTRIBUTING.md").matchAll(/^ {3}```ts\n(.*?)^ {3}```$/gms)]
  .map(([, text = ""]) => text.replaceAll(/^ {3}/gm, ""))
  .filter((text) => text.includes("inBatches"));
const [IMPORT = "", LINE = ""] = ROW.split("\n\n");

registerHooks({
  resolve: (specifier, context, next) =>
    context.parentURL === REGISTRY && specifier === "./in-batches.ts"
      ? { url: TOY, format: "module-typescript", shortCircuit: true }
      : next(specifier, context),
  load(url, context, next) {
    const loaded = next(url, context);
    if (url !== REGISTRY) return loaded;
    const rows = "export const ALGORITHMS = {\n";
    const source = String(loaded.source).replace(rows, `${IMPORT}\n${rows}`);
    return { ...loaded, source: source.replace("} as const;", `${LINE}} as const;`) };
  },
});

const { configJsonSchema, configReference, parseConfig } = await import("@tandem/config");
const { ALGORITHMS, simulate } = await import("../src/index.ts");
const { OFFERED, tunablesOf } = await import("../src/page/run-state/parameters.ts");
const { subjectOf } = await import("../src/sim/algorithms.ts");
const { createBalancer } = await import("@tandem/balancer");

const SERVERS = 'servers: { a: { address: "127.0.0.1:1" }, b: { address: "127.0.0.1:2" } }';
const fileWith = (balance: string) => `site: www.foobar.com
balancer:
  frontends: { http: { bind: "*:8080", routes: [{ backend: web }] } }
  backends: { web: { balance: { ${balance} }, ${SERVERS} } }
`;
const loaded = (balance: string) => parseConfig(fileWith(balance), "tandem.yaml", { env: {} });

t.test("CONTRIBUTING.md shows the toy as its file has it", async (t) => {
  t.ok(END.startsWith("export const inBatches") && read(TOY).endsWith(END));
  t.match(
    read(REGISTRY),
    /^ {2}"round-robin": roundRobin,$/m,
    "the rows of the registry look like the row of the toy",
  );
});

t.test("the configuration accepts the toy's name and key, and no other's keys", async (t) => {
  const balance = loaded("algorithm: in-batches, batch: 3").balancer?.backends.web?.balance;
  t.match(balance, { algorithm: "in-batches", batch: 3 });
  t.notOk("batch" in (loaded("algorithm: in-batches").balancer?.backends.web?.balance ?? {}));
  t.throws(() => loaded("algorithm: random, batch: 3"), /'batch' is for 'in-batches', but/);
  t.throws(() => loaded("algorithm: in-batches, batch: 0"), /a whole number from 1 to 1000/);
  t.throws(() => loaded("algorithm: in-batches, draws: 2"), /'draws' is for .* is 'in-batches'/);
  t.throws(() => loaded("algorithm: in-batches, slowStart: { window: 1s }"), /slow start works/);
});

t.test("the schema and the reference describe the toy", async (t) => {
  const described = "`in-batches`: requests that a server gets one after the other; 8 by default";
  const row = configReference()
    .split("\n")
    .find((line) => line.startsWith("| `batch` |"));
  t.equal(row, `| \`batch\` | a whole number from 1 to 1000 |  | ${described} |`);
  const schema = JSON.stringify(configJsonSchema());
  t.ok(schema.includes(JSON.stringify({ description: described }).slice(1, -1)));
  t.match(schema, /"join-idle-queue","in-batches","module"/);
});

t.test("the micro benchmark measures the toy", async (t) => {
  const { SUBJECTS } = await import(new URL("benchmarks/src/micro/subjects.ts", root).href);
  t.match(SUBJECTS["in-batches"], { algorithm: "in-batches", scans: false });
});

t.test("the laboratory runs the toy, and its page offers it", async (t) => {
  t.ok(ALGORITHMS.includes("in-batches") && OFFERED.includes("in-batches"));
  t.match(subjectOf("in-batches"), { title: "In batches" });
  const [field] = tunablesOf("in-batches");
  t.match(field, {
    name: "batch",
    label: "Requests in a row",
    usual: 8,
    min: 1,
    max: 100,
    step: 1,
  });
  const servers: number[] = [];
  simulate(
    {
      name: "four servers",
      durationMs: 1_000,
      traffic: { kind: "open", arrivals: { kind: "poisson", rate: 100 } },
      service: { kind: "constant", value: 1 },
      servers: [{ count: 4 }],
    },
    {
      algorithm: "in-batches",
      parameters: { batch: 3 },
      tap: { pick: (_time, _request, _balancer, server) => void servers.push(server) },
    },
  );
  t.same(servers.slice(0, 12), [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
});

t.test("the balancer serves with the toy", async (t) => {
  const names = ["a", "b"] as const;
  const ports = await Promise.all(
    names.map(async (name) => {
      const server = createServer((_, response) => response.end(name));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      t.teardown(() => server.close());
      return (server.address() as AddressInfo).port;
    }),
  );
  const servers = Object.fromEntries(
    names.map((name, index) => [name, { address: `127.0.0.1:${ports[index]}` }]),
  );
  // The cast is needed because the type checker sees the registry without the toy algorithm.
  const balance = { algorithm: "in-batches", batch: 3 } as object;
  const options: BalancerOptions = {
    frontends: { web: { bind: "127.0.0.1:0", routes: [{ backend: "app" }] } },
    backends: { app: { balance, servers, check: false } },
  };
  await using balancer = await createBalancer(options).start();
  let answers = "";
  for (let i = 0; i < 12; i++) answers += await (await fetch(`${balancer.url()}/`)).text();
  t.equal(answers, "aaabbbaaabbb");
  t.equal(balancer.status().backends[0]?.algorithm, "in-batches");
});
