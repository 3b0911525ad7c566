import { configSchema } from "@tandem/config/schema";
import t from "tap";
import { fitConnections } from "./descriptors.ts";

function fit(maxConnections: readonly (number | undefined)[], limit: number, threads = 2) {
  const routes = [{ backend: "app" }];
  const frontends = maxConnections.map((most, index) => [
    `f${index}`,
    { bind: "*:80", routes, ...(most !== undefined && { maxConnections: most }) },
  ]);
  const { balancer } = configSchema.parse({
    site: "test",
    balancer: {
      frontends: Object.fromEntries(frontends),
      backends: { app: { servers: { a: { address: "127.0.0.1:1" } } } },
    },
  });
  if (balancer === undefined) throw new Error("no balancer");
  const { config, missing, note } = fitConnections(balancer, threads, limit);
  return { most: Object.values(config.frontends).map((f) => f.maxConnections), missing, note };
}

t.test("without maxConnections, the limit of descriptors decides", async (t) => {
  t.same(fit([undefined], 1_048_576), { most: [20_000], missing: undefined, note: undefined });
  t.same(fit([undefined], Number.POSITIVE_INFINITY), {
    most: [20_000],
    missing: undefined,
    note: undefined,
  });
  const { most, missing, note } = fit([undefined], 1024);
  t.same(most, [215], "(1024 - 128 - 2 * (16 + 1) - 1 server) / (2 threads * 2)");
  t.match(note, /^frontend f0: maxConnections is 215 per data thread, not 20000, .* 1024 desc/);
  t.equal(missing, undefined);
  t.match(
    fit([undefined], 20_000),
    { most: [4959], note: undefined },
    "a site would not notice a higher number",
  );
  t.same(fit([undefined, undefined], 1024, 1).most, [219, 219], "two frontends share");
  t.same(fit([100, undefined], 1024, 1).most, [100, 338], "the rest after the other's limit");
});

t.test("a maxConnections that does not fit is reported with a limit that would", async (t) => {
  t.match(fit([200], 1024), { missing: undefined, note: undefined });
  const { most, missing } = fit([20_000], 1024);
  t.same(most, [20_000], "the frontend keeps its maxConnections");
  t.match(missing, /need up to 80163 descriptors, and this process may have 1024 .*=80163/);
  t.match(fit([undefined], 64), { most: [16], missing: /need up to 227 .* may have 64 open/ });
});
