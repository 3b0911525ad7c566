import { configSchema } from "@tandem/config/schema";
import t from "tap";
import { summary } from "./summary.ts";

function summaryOf(bind: string, folder: string, file = "site.yaml"): string {
  const certificates = [{ cert: `${folder}/site.crt`, key: `${folder}/site.key` }];
  const config = configSchema.parse({
    site: "www.example.test",
    state: folder.startsWith("/srv") ? folder.replace(/\/tls$/, "") : "/srv/.tandem",
    balancer: {
      frontends: { https: { bind, tls: { certificates }, routes: [{ backend: "web" }] } },
      backends: { web: { servers: { a: { address: "127.0.0.1:1" } } } },
    },
  });
  const since = new Date(0).toISOString();
  const process = { pid: 7, state: "ready", since, restarts: 0, addresses: [bind] } as const;
  return summary(config, file, [{ box: "box1", tier: "balancer", ...process }]);
}

t.test("its commands work from any folder, and name files that exist", async (t) => {
  const own = summaryOf("*:443", "/etc/ssl");
  t.notMatch(own, "ca.crt");
  t.match(own, "curl --resolve www.example.test:443:127.0.0.1 https://www.example.test/");
  t.match(own, ` stop --config ${process.cwd()}/site.yaml`);

  const local = summaryOf("*:443", "/srv/.tandem/tls");
  t.match(local, "curl --cacert /srv/.tandem/tls/ca.crt --resolve");
  t.match(local, "then open https://localhost/");
  const bound = summaryOf("10.0.0.1:443", "/srv/.tandem/tls");
  t.notMatch(bound, "localhost", "where nothing listens");
  t.match(bound, "then open https://www.example.test/");
  t.match(bound, "add '10.0.0.1 www.example.test' to /etc/hosts");

  const spaced = summaryOf("*:443", "/srv/my $ite/.tandem/tls", "it's.yaml");
  t.match(spaced, "curl --cacert '/srv/my $ite/.tandem/tls/ca.crt' --resolve");
  t.match(spaced, `stop --config '${process.cwd()}/it'\\''s.yaml'`);
});

t.test("it says which listeners other machines reach", async (t) => {
  const own = "other machines can reach it on every address of this machine: https (port 443); ";
  for (const bind of ["*:443", "0.0.0.0:443", "[::]:443"])
    t.match(summaryOf(bind, "/etc/ssl"), `${own}this machine alone: bind: "127.0.0.1:443"`);
  for (const bind of ["127.0.0.1:443", "10.0.0.1:443"])
    t.notMatch(summaryOf(bind, "/etc/ssl"), "other machines");
});
