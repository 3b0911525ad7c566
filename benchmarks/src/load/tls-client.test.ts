// Tests that a measurement of handshakes is refused when the proxy makes other handshakes than the job asks for.
import { constants } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer, type TlsOptions } from "node:tls";
import t, { type Test } from "tap";
import { canned } from "../origin/answers.ts";
import { RequestReader } from "../origin/request-reader.ts";
import { makeCertificate } from "../process/certificate.ts";
import { descriptorLimit } from "../process/descriptors.ts";
import { requireValid } from "../run/load-round.ts";
import { GENERATORS, generatorFor } from "./generators.ts";
import { IGNORED, JOB } from "./given.ts";
import type { Handshake } from "./load.ts";
import { LoadSide } from "./load-side.ts";
import { own } from "./own.ts";

const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;

/** Starts a server that counts the handshakes of each kind. */
async function server(t: Test, options: TlsOptions = {}) {
  const files = await makeCertificate(t.testdir(), "IP:127.0.0.1");
  const pair = { cert: readFileSync(files.cert), key: readFileSync(files.key) };
  const made = { full: 0, resumed: 0 };
  const protocols = new Set<string | null>();
  const listening = createServer({ ...pair, ...options }, (socket) => {
    made[socket.isSessionReused() ? "resumed" : "full"] += 1;
    protocols.add(socket.getProtocol());
    const reader = new RequestReader(() => socket.write(canned(JOB.expectBytes)));
    socket.on("data", (chunk: Buffer) => reader.push(chunk)).on("error", () => socket.destroy());
  });
  await once(listening.listen(0, "127.0.0.1"), "listening");
  t.teardown(() => listening.close());
  return { port: (listening.address() as AddressInfo).port, made, protocols };
}

const noTickets = { secureOptions: constants.SSL_OP_NO_TICKET };

/** Runs a measurement and returns its outcome in words. */
async function outcome(port: number, handshake: Handshake): Promise<string> {
  await using side = new LoadSide([], descriptorLimit());
  const job = { ...JOB, port, tls: true, newConnections: true, handshake };
  try {
    requireValid(await own.run(job, side, IGNORED), "own");
    return "accepted";
  } catch (error) {
    return error instanceof Error ? error.message : `${error}`;
  }
}

for (const version of VERSIONS) {
  t.test(`${version}: full handshakes are full`, async (t) => {
    const { port, made, protocols } = await server(t);
    t.equal(await outcome(port, { kind: "full", version }), "accepted");
    t.ok(made.full > 1);
    t.equal(made.resumed, 0);
    t.same([...protocols], [version]);
  });

  t.test(`${version}: resumed ones are resumed, after one that is not measured`, async (t) => {
    const { port, made, protocols } = await server(t);
    t.equal(await outcome(port, { kind: "resumed", version }), "accepted");
    t.ok(made.resumed > 1);
    t.equal(made.full, 1);
    t.same([...protocols], [version]);
  });
}

t.test("a proxy that resumes nothing is refused", async (t) => {
  const { port } = await server(t, { ...noTickets, maxVersion: "TLSv1.2" });
  const what = await outcome(port, { kind: "resumed", version: "TLSv1.2" });
  t.match(what, /refused, own saw \d+ × a full handshake instead of a resumed one/);
});

t.test("a proxy without the version is refused", async (t) => {
  const { port } = await server(t, { maxVersion: "TLSv1.2" });
  t.match(await outcome(port, { kind: "full", version: "TLSv1.3" }), "refused");
});

t.test("handshakes are asked of the generator that can tell them apart", async (t) => {
  const handshake = { kind: "full", version: "TLSv1.3" } as const;
  for (const preferred of GENERATORS)
    t.equal(generatorFor({ newConnections: true, handshake }, preferred), own, preferred.name);
});
