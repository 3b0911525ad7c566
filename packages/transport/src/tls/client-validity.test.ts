// The time of certificates and lists of revoked ones with which clients are verified: what a resumed session still is
// worth, and what is said of a list that is over, ends soon, is damaged or another authority's.
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ConnectionOptions, connect } from "node:tls";
import t, { type Test } from "tap";
import { testAuthority } from "../../test/authority.ts";
import { certificate } from "../../test/certificate.ts";
import { systemClock } from "../clock.ts";
import { Listener } from "../listener/listener.ts";
import { edgeTls } from "./edge.ts";
import { findingsAt, inspectAll } from "./inspect-all.ts";
import type { RefusedConnection } from "./refusal.ts";

const DAY = 86_400_000;
const now = Date.now();
const stamp = (days: number): string =>
  new Date(now + days * DAY).toISOString().replace(/[-:T]|\.\d+/g, "");
const authority = testAuthority("clients");
const stranger = testAuthority("strangers");
const client = authority.issue(30);
const site = certificate("site.test");

/** Starts a listener that asks for certificates, on a wall clock that the test moves. */
async function given(t: Test, mode: "required" | "optional", crl?: string) {
  let days = 0;
  const refused: RefusedConnection[] = [];
  let accepted = 0;
  const clientCertificates = { mode, ca: authority.ca, crl };
  const listener = new Listener({
    address: { host: "127.0.0.1", port: 0 },
    tls: edgeTls({
      ...{ certificates: [site], policy: "intermediate", alpn: ["http/1.1"] },
      clientCertificates,
    }),
    clock: { ...systemClock, wall: () => now + days * DAY },
    accepted: ({ socket }) => {
      accepted += 1;
      socket.end("in");
    },
    refused: (one) => refused.push(one),
  });
  await listener.listen();
  t.teardown(() => listener.stop());
  /** Connects, and resolves when the connection has closed. */
  const visit = async (options: ConnectionOptions) => {
    const { port = 0 } = listener;
    const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options });
    let [answer, session] = ["", undefined as Buffer | undefined];
    socket.on("session", (ticket) => {
      session = ticket;
    });
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("error", () => undefined);
    await once(socket, "close");
    return { answer, session };
  };
  return { refused, visit, accepted: () => accepted, after: (moved: number) => (days = moved) };
}

for (const mode of ["required", "optional"] as const)
  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const)
    t.test(`a resumed session ends with the certificate: ${mode}, ${maxVersion}`, async (t) => {
      const { visit, refused, after, accepted } = await given(t, mode);
      const { answer, session } = await visit({ ...client, maxVersion });
      t.equal(answer, "in");
      after(29);
      t.equal((await visit({ maxVersion, session })).answer, "in");
      after(31);
      t.equal((await visit({ maxVersion, session })).answer, "");
      t.equal(accepted(), 2);
      t.match(refused, [{ reason: "client-certificate", why: "its certificate has expired" }]);
    });

t.test("a resumed session ends with the list of the authority", async (t) => {
  const { visit, refused, after } = await given(t, "required", authority.list(stamp(-1), stamp(5)));
  const { answer, session } = await visit(client);
  t.equal(answer, "in");
  after(4);
  t.equal((await visit({ session })).answer, "in");
  after(6);
  t.equal((await visit({ session })).answer, "");
  t.match(refused, [{ reason: "client-certificate", why: /\(crl\) has expired/ }]);
});

t.test("an optional certificate that was not shown has no end", async (t) => {
  const { visit, after } = await given(t, "optional");
  const { session } = await visit({});
  after(1000);
  t.equal((await visit({ session })).answer, "in");
});

/** Returns what is said at `days` from now of a listener with these files. */
function said(crl: string, days = 0, ca = authority.ca): readonly string[] {
  const clients = { path: ["clientCertificates"], ca, crl };
  const group = { path: ["tls"], certificates: [], purposes: [], hosts: [], clients };
  return findingsAt(inspectAll([group]), now + days * DAY).map(
    ({ level, path, message }) => `${level} ${path.join(".")}: ${message}`,
  );
}

t.test("a list is complained of once it is over, not begun, or ends soon", (t) => {
  const month = authority.list(stamp(-1), stamp(30));
  t.same(said(month), []);
  t.match(said(month, 25), [/^warning clientCertificates\.crl: .*list\.crl .* expires in 4 days/]);
  t.match(said(month, 32), [
    /^refused clientCertificates\.crl: .*EXPIRED .*its authority's clients are refused$/,
  ]);
  t.match(said(month, -2), [/^refused .* NOT YET VALID/]);
  t.match(said(authority.list("20190101000000Z", "20200101000000Z")), [/EXPIRED .* on 2020-01-01/]);
  const week = authority.list(stamp(-1), stamp(6));
  t.same(said(week), [], "a list of a week has most of its time left");
  t.match(said(week, 5), [/^warning .* expires in (23|24) hours/]);
  t.end();
});

t.test("a renewed list beside the one that is over is enough", (t) => {
  const both = join(t.testdir(), "both.crl");
  const lists = [authority.list(stamp(-9), stamp(-2)), authority.list(stamp(-2), stamp(30))];
  writeFileSync(both, lists.map((file) => readFileSync(file, "utf8")).join(""));
  t.same(said(both), []);
  t.end();
});

t.test("a list of another authority, a missing one and a damaged one are told apart", (t) => {
  const own = authority.list(stamp(-1), stamp(30));
  const foreign = stranger.list(stamp(-1), stamp(30));
  t.match(said(foreign), [/^refused clientCertificates\.crl: no authority of .* signed a list/]);
  const files = t.testdir({
    "two.crt": readFileSync(authority.ca, "utf8") + readFileSync(stranger.ca, "utf8"),
    "cut.crl": readFileSync(own, "utf8").replace(/\n.{20}/, "\n"),
    "empty.crl": "",
  });
  t.match(said(own, 0, join(files, "two.crt")), [
    /^warning .* has no list of the authority strangers/,
  ]);
  t.match(said(join(files, "cut.crl")), [/^stops clientCertificates\.crl: .* a damaged list$/]);
  t.match(said(join(files, "empty.crl")), [/^stops .* holds no list, expected PEM/]);
  t.match(said(join(files, "gone.crl")), [/^stops .* cannot read .* \(no such file\)$/]);
  t.match(said(own, 0, join(files, "empty.crl")), [/^stops clientCertificates\.ca: /]);
  t.end();
});
