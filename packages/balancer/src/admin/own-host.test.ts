// Tests for which names the admin server answers.
import { get } from "node:http";
import { openTelemetry } from "@tandem/telemetry";
import { systemClock } from "@tandem/transport";
import t from "tap";
import { AdminServer } from "./admin-server.ts";
import { isOwnHost } from "./own-host.ts";

t.test("an address, localhost and the configured names are its own; all else is not", async (t) => {
  const names = ["Admin.example.test", "box1"];
  for (const own of ["127.0.0.1", "127.0.0.1:8404", "[::1]:8404", "[::1]", "localhost:8404"])
    t.ok(isOwnHost(own, []), own);
  for (const named of ["admin.example.test", "ADMIN.EXAMPLE.TEST:1", "box1:8404", "LocalHost"])
    t.ok(isOwnHost(named, names), named);
  t.ok(isOwnHost(undefined, []), "no browser leaves Host out");
  for (const foreign of [
    ...["evil.test", "evil.test:8404", "localhost.evil.test", "127.0.0.1.evil.test", "", ":8404"],
    ...["box10", "example.test", "127.0.0.1@evil.test", "evil.test#127.0.0.1", "x localhost"],
  ])
    t.notOk(isOwnHost(foreign, names), foreign);
});

t.test(
  "a foreign name gets 421 on every path, and the advice; a name that is listed later is answered",
  async (t) => {
    const telemetry = openTelemetry(
      { log: { level: "error", directory: t.testdir(), accessFormat: "http" } },
      { tier: "balancer", box: "box1" },
      systemClock,
    );
    t.teardown(() => telemetry.close());
    let names: readonly string[] = [];
    const server = new AdminServer({
      address: { host: "127.0.0.1", port: 0 },
      registry: telemetry.registry,
      names: () => names,
      status: () => {
        throw new Error("a foreign name learns nothing");
      },
    });
    await server.start();
    t.teardown(() => server.stop());
    const ask = (path: string, host: string) =>
      new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
        get(new URL(path, server.url), { headers: { host } }, (answer) => {
          let body = "";
          answer.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
          answer.on("end", () => resolve({ status: answer.statusCode, body }));
        }).on("error", reject);
      });
    for (const path of ["/", "/api/v1/status", "/metrics", "/healthz", "/readyz", "/nothing"]) {
      const { status, body } = await ask(path, "evil.test:8404");
      t.equal(status, 421, path);
      t.match(
        body,
        /^the admin page does not answer for 'evil\.test:8404': .* balancer\.admin\.names/,
      );
    }
    t.match(await ask("/healthz", "localhost"), { status: 200, body: "ok\n" });
    names = ["evil.test"];
    t.match(await ask("/healthz", "evil.test:8404"), { status: 200 });
  },
);
