// The file with the secret of session tickets: sessions outlive the process that made them, and are resumed at another
// balancer with the same file.
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "@tandem/config";
import t from "tap";
import { checkBalancer } from "../src/control/check.ts";
import { createBalancer } from "../src/index.ts";
import { until } from "./given.ts";
import { givenReloadable, type Section, section } from "./given-reloadable.ts";
import { selfSigned } from "./self-signed.ts";
import { resumptions, TIMES, VERSIONS, visit } from "./tls-visits.ts";
import { watchedClock } from "./watched-clock.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-ticket-file-"));
t.teardown(() => rmSync(folder, { recursive: true }));
const certificates = [selfSigned(folder, "ec", "ec", ["a.test"])];

function secretFile(name: string, content = randomBytes(48).toString("base64")): string {
  const file = join(folder, name);
  writeFileSync(file, `${content}\n`, { mode: 0o600 });
  return file;
}

function edge(threads: number, ticketKeys?: string): Section {
  const redirect = { scheme: "https", status: 308 } as const;
  const front = { bind: "127.0.0.1:0", redirect, tls: { certificates } };
  return section(
    { s1: 1 },
    {},
    { threads, ...(ticketKeys && { ticketKeys }), frontends: { front } },
  );
}

for (const threads of [1, 2, 4])
  t.test(`${threads} threads: sessions outlive a restart and serve both boxes`, async (t) => {
    const written = edge(threads, secretFile(`keys-${threads}`));
    const sessions = new Map<string, Buffer | undefined>();
    {
      await using first = await givenReloadable(written);
      for (const version of VERSIONS)
        sessions.set(version, (await visit(first.plane.ports.front ?? 0, version)).session);
    }
    await using again = await givenReloadable(written);
    await using other = await givenReloadable(written);
    for (const version of VERSIONS)
      for (const [words, { plane }] of Object.entries({ again, other })) {
        const port = plane.ports.front ?? 0;
        t.equal(
          await resumptions(port, version, sessions.get(version)),
          TIMES,
          `${version} ${words}`,
        );
      }
  });

t.test("without a file a restart ends all sessions", async (t) => {
  let session: Buffer | undefined;
  {
    await using first = await givenReloadable(edge(1));
    ({ session } = await visit(first.plane.ports.front ?? 0, "TLSv1.3"));
  }
  await using again = await givenReloadable(edge(1));
  t.equal((await visit(again.plane.ports.front ?? 0, "TLSv1.3", session)).resumed, false);
});

t.test("a changed file is read without a reload; a damaged one changes nothing", async (t) => {
  const file = secretFile("changing");
  const { clock, look } = watchedClock();
  await using balancer = await givenReloadable(edge(2, file), { clock, level: "info" });
  const port = balancer.plane.ports.front ?? 0;
  const { session: old } = await visit(port, "TLSv1.3");
  writeFileSync(file, "not base64!");
  const told = async (words: string, count: number) => {
    await until(async () => {
      look();
      return (await balancer.said(words, 0)).length >= count;
    });
    return balancer.said(words, count);
  };
  const [fault] = await told("cannot be used yet", 1);
  t.match(fault, {
    level: "error",
    setting: "balancer.ticketKeys",
    why: /changing holds no secret/,
  });
  t.equal(await resumptions(port, "TLSv1.3", old), TIMES, "the secret of before is still used");

  secretFile("changing");
  await told("were read again", 1);
  await until(async () => !(await visit(port, "TLSv1.3", old)).resumed);
  const { session } = await visit(port, "TLSv1.3");
  // The balancer's other thread may get the new secret a moment later, so the test waits.
  await until(async () => (await resumptions(port, "TLSv1.3", session)) === TIMES);
  t.equal((await visit(port, "TLSv1.3", old)).resumed, false);
});

t.test("a reload takes a file up, and refuses one that others may read", async (t) => {
  await using balancer = await givenReloadable(edge(1));
  const port = balancer.plane.ports.front ?? 0;
  const { session } = await visit(port, "TLSv1.3");
  const open = secretFile("open");
  chmodSync(open, 0o640);
  t.match(await balancer.reload(edge(1, open)), {
    ok: false,
    words: [/^balancer\.ticketKeys: .*open has mode 640.*'chmod 600 .*open'/],
  });
  t.equal((await visit(port, "TLSv1.3", session)).resumed, true, "nothing has changed");
  chmodSync(open, 0o600);
  t.match(await balancer.reload(edge(1, open)), { ok: true, words: [/ticketKeys added/] });
  t.equal((await visit(port, "TLSv1.3", session)).resumed, false);
  const { session: kept } = await visit(port, "TLSv1.3");
  t.match(await balancer.reload(edge(1)), { ok: true, words: [/ticketKeys removed/] });
  t.equal((await visit(port, "TLSv1.3", kept)).resumed, true, "the secret stays until the next");
});

t.test("a file that cannot be used is named before a start, and stops it", async (t) => {
  const short = secretFile("short", randomBytes(16).toString("base64"));
  const missing = join(folder, "missing");
  for (const [file, words] of [
    [short, /short holds no secret, expected at least 32 random bytes in base64; 'tandem cert/],
    [missing, /missing \(no such file; 'tandem cert ticket-keys' makes one\)/],
  ] as const) {
    await t.rejects(givenReloadable(edge(1, file)), { message: words });
    const yaml = join(folder, "tandem.yaml");
    writeFileSync(yaml, JSON.stringify({ site: "a.test", balancer: edge(1, file) }));
    const { balancer } = loadConfig(yaml);
    t.match(balancer && (await checkBalancer(balancer, "box1")), [words]);
    const { threads: _, ...embedded } = edge(1, file);
    t.throws(() => createBalancer(embedded), { message: words });
  }
});
