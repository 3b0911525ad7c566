// The configuration of docs/coming-from-haproxy.md: HAProxy with the original and Tandem with the translation answer
// the same requests alike, and differ where the page says so.
import t, { type Test } from "tap";
import { missingProgram } from "../peers/versions.ts";
import { fieldOf } from "./app-server.ts";
import { BothSites } from "./both-sites.ts";
import { haproxy } from "./originals.ts";
import { namesKeepTheirCase, toldByBoth } from "./same-answers.contract.ts";
import { sameEnd, sameSite } from "./same-site.contract.ts";

const visitor = (number: number) => ({ headers: { cookie: `session=${number}` } });

t.test("HAProxy's site, translated", { skip: missingProgram("haproxy") ?? false }, async (t) => {
  await using sites = await BothSites.start(haproxy);
  await sameSite(t, sites, { shares: { web1: 20, web2: 10 }, visitor });
  await sameEnd(t, sites, {
    allDead: [503, 503],
    heads: [
      [400, 200],
      [400, 431],
    ],
  });
  await t.test("names of fields", (t) =>
    namesKeepTheirCase(t, sites, "X-CamelCase", "x-camelcase"),
  );
  await t.test("paths of routes", (t) => normalizedRoutes(t, sites));
  await t.test("forwarding fields", (t) => forwardingFields(t, sites));
});

async function forwardingFields(t: Test, sites: BothSites): Promise<void> {
  const headers = { "x-forwarded-for": "192.0.2.9", "x-forwarded-host": "evil.example" };
  const [told, toldByOurs] = await toldByBoth(sites, "/", { headers });
  t.same(fieldOf(told, "x-forwarded-for"), ["192.0.2.9", "127.0.0.1"]);
  t.same(fieldOf(toldByOurs, "x-forwarded-for"), ["127.0.0.1"]);
  t.same(fieldOf(told, "x-forwarded-host"), ["evil.example"]);
  t.same(fieldOf(toldByOurs, "x-forwarded-host"), ["www.example.com"]);
  for (const name of ["x-forwarded-port", "forwarded", "via", "x-request-id"]) {
    t.same(fieldOf(told, name), [], name);
    t.equal(fieldOf(toldByOurs, name).length, 1, name);
  }
}

async function normalizedRoutes(t: Test, sites: BothSites): Promise<void> {
  for (const path of ["//api/x", "/x/../api/x", "/%61pi/x"]) {
    const [told, toldByOurs] = await toldByBoth(sites, path, {});
    t.match(told.server, /^web/, path);
    t.match(toldByOurs.server, /^api/, path);
  }
}
