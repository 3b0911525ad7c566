// Session resumption (RFC 5077, RFC 8446 §2.2): resumption works in every thread that a client returns to, and after
// a reload.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, systemClock } from "@tandem/transport";
import t from "tap";
import { until } from "./given.ts";
import { freePort, givenReloadable, type Section, section } from "./given-reloadable.ts";
import { selfSigned } from "./self-signed.ts";
import { resumptions, TIMES, VERSIONS, visit } from "./tls-visits.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-tickets-"));
t.teardown(() => rmSync(folder, { recursive: true }));

const certificates = [
  selfSigned(folder, "rsa", "rsa", ["a.test"]),
  selfSigned(folder, "ec", "ec", ["a.test", "b.test"]),
];
type Edge = Section["frontends"][string];

function edge(
  threads: number,
  more: Partial<NonNullable<Edge["tls"]>> = {},
  bind = "127.0.0.1:0",
): Section {
  const redirect = { scheme: "https", status: 308 } as const;
  const front: Edge = { bind, redirect, tls: { certificates, ...more } };
  return section({ s1: 1 }, {}, { threads, frontends: { front } });
}

for (const threads of [1, 2, 4])
  t.test(`${threads} threads: all sessions are resumed, before and after a reload`, async (t) => {
    await using balancer = await givenReloadable(edge(threads));
    const port = balancer.plane.ports.front ?? 0;
    for (const version of VERSIONS) {
      const { session } = await visit(port, version);
      t.equal(await resumptions(port, version, session), TIMES, `${version} before`);
      t.match(await balancer.reload(edge(threads)), { ok: true });
      t.equal(await resumptions(port, version, session), TIMES, `${version} after`);
    }
  });

t.test("the replacement of a dead thread resumes that thread's sessions", async (t) => {
  const port = await freePort();
  await using balancer = await givenReloadable(edge(1, {}, `127.0.0.1:${port}`));
  const { session } = await visit(port, "TLSv1.3");
  await balancer.plane.killThread(0);
  await until(() =>
    visit(port, "TLSv1.3").then(
      () => true,
      () => false,
    ),
  );
  t.equal((await visit(port, "TLSv1.3", session)).resumed, true);
});

t.test(
  "old tickets lead to full handshakes after a new secret or other TLS settings",
  async (t) => {
    let renew: () => void = () => undefined;
    const clock: Clock = {
      ...systemClock,
      every(ms, run) {
        if (ms === 12 * 3_600_000) renew = run;
        return systemClock.every(ms, run);
      },
    };
    await using balancer = await givenReloadable(edge(2), { clock });
    const port = balancer.plane.ports.front ?? 0;
    const before = await visit(port, "TLSv1.3");
    renew();
    await until(async () => !(await visit(port, "TLSv1.3", before.session)).resumed);
    const { session } = await visit(port, "TLSv1.2");
    // The balancer's other thread may get the new secret a moment later, so the test waits.
    await until(async () => (await resumptions(port, "TLSv1.2", session)) === TIMES);
    t.equal((await visit(port, "TLSv1.3", before.session)).resumed, false);
    await balancer.reload(edge(2, { ciphers: ["ECDHE-RSA-AES256-GCM-SHA384"] }));
    t.equal(
      (await visit(port, "TLSv1.2", session)).resumed,
      false,
      "a session with a cipher that is refused now",
    );
  },
);

t.test("a session of one frontend is not resumed at another", async (t) => {
  const both = edge(1);
  const { front } = both.frontends;
  if (front === undefined) throw new Error("no frontend");
  await using balancer = await givenReloadable({ ...both, frontends: { front, other: front } });
  const { front: port = 0, other = 0 } = balancer.plane.ports;
  const { session } = await visit(port, "TLSv1.3");
  t.equal((await visit(port, "TLSv1.3", session)).resumed, true);
  t.equal((await visit(other, "TLSv1.3", session)).resumed, false);
});
