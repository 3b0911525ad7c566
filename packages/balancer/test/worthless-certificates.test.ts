// Certificates that no client accepts, and the health that the status shows then: the servers work, but no visitor
// can reach them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAuthority, issue } from "@tandem/cluster";
import t from "tap";
import { readinessOf } from "../src/admin/own-readiness.ts";
import type { Status } from "../src/admin/status.ts";
import { statusPage } from "../src/admin/status-page.ts";
import { givenOrigin } from "./given.ts";
import { givenReloadable, type Section, section } from "./given-reloadable.ts";
import { selfSigned } from "./self-signed.ts";

type Frontends = Section["frontends"];
interface Pair {
  readonly cert: string;
  readonly key: string;
}

const DAY = 86_400_000;
const now = Date.now();
const folder = mkdtempSync(join(tmpdir(), "tandem-worthless-"));
t.teardown(() => rmSync(folder, { recursive: true }));
const authority = await createAuthority("d.test", now - 500 * DAY);

/**
 * Makes a certificate for `name` that is valid for 397 days, beginning `daysAgo` days ago. Writes the certificate and
 * its key to files.
 */
async function issued(name: string, daysAgo: number): Promise<Pair> {
  const pair = await issue(authority, { name, names: [name], use: "site" }, now - daysAgo * DAY);
  const paths = { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  writeFileSync(paths.cert, pair.cert);
  writeFileSync(paths.key, pair.key);
  return paths;
}

/** Returns a certificate that is only for clients (extended key usage). */
function clientOnly(name: string): Pair {
  return selfSigned(folder, name, "ec", [name], "extendedKeyUsage=clientAuth");
}

const old = await issued("old.test", 400);
const older = await issued("older.test", 450);
const early = await issued("early.test", -10);
const soon = await issued("soon.test", 390);
const routes = [{ backend: "web" }];
const bind = "127.0.0.1:0";
const https = (...certificates: readonly Pair[]) => ({
  ...{ bind, routes, tls: { certificates: [...certificates] } },
});
const redirecting = { bind, redirect: { scheme: "https" } } as const;

async function givenSite(frontends: Frontends) {
  const origin = await givenOrigin((_, response) => response.end("ok"));
  const file = (changed: Frontends) => section({ s1: origin.port }, {}, { frontends: changed });
  const balancer = await givenReloadable(file(frontends));
  return {
    status: () => balancer.plane.status(),
    reload: () => balancer.reload(file(frontends)),
    async [Symbol.asyncDispose]() {
      await balancer[Symbol.asyncDispose]();
      await origin.kill();
    },
  };
}

const verdict = ({ health, problems }: Status) => ({
  health,
  problems: problems.map(({ name, state }) => `${name} ${state}`),
});

t.test("an expired certificate at the edge is a problem with a time and a remedy", async (t) => {
  await using site = await givenSite({ http: redirecting, https: https(old) });
  const status = site.status();
  const ended = status.certificates[0]?.notAfter ?? "";
  const why = new RegExp(
    `^certificate for old\\.test: .*/old\\.test\\.crt EXPIRED 3 days ago, on ${ended.slice(0, 10)}; renew it, then reload$`,
  );
  t.match(status, {
    health: "down",
    problems: [
      { frontend: "https", backend: "", name: "frontend https", state: "down", since: ended, why },
    ],
  });
  t.match(
    statusPage(status),
    /id="verdict" class="down">down<.*<b>frontend https<\/b> is <span class="down">down<\/span> for 3 d \d+ h: certificate for old\.test: .*EXPIRED.*<h2>Backend web/s,
  );
  t.match(readinessOf(status), { status: "pass", output: "" }, "the balancer is ready");

  await issued("old.test", 1);
  await site.reload();
  t.same(verdict(site.status()), { health: "healthy", problems: [] });
  await issued("old.test", 400);
});

t.test("the health is degraded if some visitors can still connect, else down", async (t) => {
  const down = ["frontend https down"];
  const cases: Readonly<Record<string, [Frontends, ReturnType<typeof verdict>]>> = {
    "near its end": [{ https: https(soon) }, { health: "healthy", problems: [] }],
    "plain HTTP alone": [{ http: { bind, routes } }, { health: "healthy", problems: [] }],
    "no other frontend": [{ https: https(old) }, { health: "down", problems: down }],
    "not valid yet": [{ https: https(early) }, { health: "down", problems: down }],
    "two, both useless": [{ https: https(old, early) }, { health: "down", problems: down }],
    "pages over plain HTTP": [
      { http: { bind, routes }, https: https(old) },
      { health: "degraded", problems: down },
    ],
    "another name's is valid": [
      { https: https(old, soon) },
      { health: "degraded", problems: ["frontend https degraded"] },
    ],
    "another frontend's is valid": [
      { https: https(old), other: https(soon) },
      { health: "degraded", problems: down },
    ],
    "not for servers": [
      { https: https(clientOnly("client.test")) },
      { health: "down", problems: down },
    ],
  };
  for (const [what, [frontends, expected]] of Object.entries(cases)) {
    await using site = await givenSite(frontends);
    t.same(verdict(site.status()), expected, what);
  }
});

t.test("several expired certificates: degraded since the first, down since the last", async (t) => {
  for (const [others, one] of [
    [[], 0],
    [[soon], 1],
  ] as const) {
    await using site = await givenSite({ https: https(old, older, ...others) });
    const { problems, certificates } = site.status();
    t.equal(problems[0]?.since, certificates[one]?.notAfter);
    t.match(
      problems[0]?.why,
      /old\.test\.crt EXPIRED 3 .*; certificate for older\.test: .*EXPIRED 53 /,
    );
  }
  await using site = await givenSite({ https: https(early) });
  t.match(site.status().problems, [
    { since: "", why: /^certificate for early\.test: .* is NOT YET VALID: .*clock right\?$/ },
  ]);
});

t.test("an expired intermediate: degraded, as some clients have a newer one", async (t) => {
  const past = await createAuthority("past.test", now - 5000 * DAY);
  const leaf = await issue(past, { name: "soon.test", names: ["soon.test"], use: "site" }, now);
  const paths = { cert: join(folder, "chain.crt"), key: join(folder, "chain.key") };
  writeFileSync(paths.cert, leaf.cert + past.cert);
  writeFileSync(paths.key, leaf.key);
  await using site = await givenSite({ https: https(paths) });
  t.same(verdict(site.status()), { health: "degraded", problems: ["frontend https degraded"] });
  t.match(
    site.status().problems[0]?.why,
    /: certificate 2 in .*chain\.crt EXPIRED 13\d\d days ago/,
  );
});
