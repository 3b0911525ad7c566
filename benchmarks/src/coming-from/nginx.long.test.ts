// The configuration of docs/coming-from-nginx.md: nginx with the original and Tandem with the translation answer
// the same requests alike, and differ where the page says so.
import t, { type Test } from "tap";
import { missingProgram } from "../peers/versions.ts";
import { fieldOf } from "./app-server.ts";
import { BothSites } from "./both-sites.ts";
import { nginx } from "./originals.ts";
import { toldByBoth } from "./same-answers.contract.ts";
import { sameFiles, sameRevalidation } from "./same-files.contract.ts";
import { sameEnd, sameSite } from "./same-site.contract.ts";
import { ask } from "./site-client.ts";

const visitor = (number: number) => ({ headers: { cookie: `session=${number}` } });

t.test("nginx's site, translated", { skip: missingProgram("nginx") ?? false }, async (t) => {
  await using sites = await BothSites.start(nginx);
  await sameSite(t, sites, { shares: { web1: 20, web2: 10 }, visitor });
  await t.test("after a timeout", (t) => afterTimeout(t, sites));
  await t.test("the same files", (t) => sameFiles(t, sites));
  await t.test("the same revalidation", (t) => sameRevalidation(t, sites));
  await t.test("the same limit of a body", (t) => sameBodyLimit(t, sites));
  await sameEnd(t, sites, {
    allDead: [502, 502],
    heads: [
      [400, 200],
      [400, 431],
    ],
  });
  await t.test("forwarding fields", (t) => forwardingFields(t, sites));
  await t.test("a slash is missing", (t) => missingSlashes(t, sites));
});

async function sameBodyLimit(t: Test, { both }: BothSites): Promise<void> {
  for (const site of both) {
    const post = (bytes: number) => ({ method: "POST", body: Buffer.alloc(bytes) });
    t.equal((await ask(site, "/form", post(1_048_576))).status, 200);
    t.equal((await ask(site, "/form", post(1_048_577))).status, 413);
  }
}

async function forwardingFields(t: Test, sites: BothSites): Promise<void> {
  const claims = { "x-forwarded-for": "192.0.2.9", "x-forwarded-host": "evil.example" };
  const headers = { host: "www.example.com:443", ...claims };
  const [told, toldByOurs] = await toldByBoth(sites, "/", { headers });
  t.same(fieldOf(told, "host"), ["www.example.com"]);
  t.same(fieldOf(toldByOurs, "host"), ["www.example.com:443"]);
  t.same(fieldOf(told, "x-forwarded-for"), ["192.0.2.9, 127.0.0.1"]);
  t.same(fieldOf(toldByOurs, "x-forwarded-for"), ["127.0.0.1"]);
  t.same(fieldOf(told, "x-forwarded-host"), ["evil.example"]);
  t.same(fieldOf(toldByOurs, "x-forwarded-host"), ["www.example.com:443"]);
}

async function missingSlashes(t: Test, { theirs, ours }: BothSites): Promise<void> {
  t.equal((await ask(theirs, "/api")).status, 301, "nginx leads to /api/");
  t.match(await ask(ours, "/api"), { status: 200, body: /web[12]/ });
  t.equal((await ask(theirs, "/assets/deep")).status, 301);
  const folder = await ask(ours, "/assets/deep");
  t.match(folder, { status: 308, headers: { location: "/assets/deep/" } });
}

/** nginx has taken both servers of `api` out, because they were slow in `sameTimeout`. */
async function afterTimeout(t: Test, { theirs, ours }: BothSites): Promise<void> {
  t.equal((await ask(theirs, "/api/x")).status, 502);
  t.equal((await ask(ours, "/api/x")).status, 200);
}
