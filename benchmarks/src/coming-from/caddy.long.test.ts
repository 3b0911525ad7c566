// The configuration of docs/coming-from-caddy.md: Caddy with the original and Tandem with the translation answer
// the same requests alike, and differ where the page says so.
import t, { type Test } from "tap";
import { missingProgram } from "../peers/versions.ts";
import { fieldOf } from "./app-server.ts";
import { BothSites } from "./both-sites.ts";
import { caddy } from "./originals.ts";
import { namesKeepTheirCase, toldByBoth } from "./same-answers.contract.ts";
import { sameFiles, sameRevalidation } from "./same-files.contract.ts";
import { sameEnd, sameSite } from "./same-site.contract.ts";
import { ask, type SiteAddress } from "./site-client.ts";

const visitor = (number: number) => ({ from: `127.0.${number + 1}.1` });

t.test("Caddy's site, translated", { skip: missingProgram("caddy") ?? false }, async (t) => {
  await using sites = await BothSites.start(caddy);
  await sameSite(t, sites, { shares: { web1: 15, web2: 15 }, visitor });
  await t.test("the same files", (t) => sameFiles(t, sites));
  await t.test("the same revalidation", (t) => sameRevalidation(t, sites));
  await sameEnd(t, sites, {
    allDead: [503, 503],
    heads: [
      [200, 200],
      [200, 431],
    ],
  });
  await t.test("names of fields", (t) =>
    namesKeepTheirCase(t, sites, "X-CamelCase", "X-Camelcase"),
  );
  await t.test("forwarding fields", (t) => forwardingFields(t, sites));
  await t.test("other hosts over TLS", (t) => otherHosts(t, sites));
  await t.test("a POST of a file", (t) => postedFiles(t, sites));
  await t.test("a dead server without lb_try_duration", (t) => deadWithoutTries(t, sites));
});

async function forwardingFields(t: Test, sites: BothSites): Promise<void> {
  const headers = { "x-forwarded-for": "192.0.2.9", "x-forwarded-host": "evil.example" };
  const [told, toldByOurs] = await toldByBoth(sites, "/", { headers });
  for (const name of ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"])
    t.same(fieldOf(toldByOurs, name), fieldOf(told, name), name);
  t.same(fieldOf(told, "accept-encoding"), ["gzip"], "Caddy asks for gzip of its own accord");
  t.same(fieldOf(toldByOurs, "accept-encoding"), []);
}

async function otherHosts(t: Test, { theirs, ours }: BothSites): Promise<void> {
  const evil = { headers: { host: "evil.example" } };
  t.match(await ask(theirs, "/", evil), { status: 200, body: /^$/ });
  t.match(await ask(ours, "/", evil), { status: 200, body: /web[12]/ });
}

async function postedFiles(t: Test, { theirs, ours }: BothSites): Promise<void> {
  const post = { method: "POST", body: "x" };
  t.equal((await ask(theirs, "/assets/site.css", post)).status, 200);
  t.equal((await ask(ours, "/assets/site.css", post)).status, 405);
}

async function deadWithoutTries(t: Test, { theirs, ours, apps }: BothSites): Promise<void> {
  await apps.api1.stop();
  const statuses = async (site: SiteAddress) => {
    const seen = new Set<number>();
    for (let i = 0; i < 30; i += 1) seen.add((await ask(site, "/api/x")).status);
    return [...seen].sort();
  };
  t.same(await statuses(theirs), [200, 502], "Caddy tries no other server");
  t.same(await statuses(ours), [200]);
}
