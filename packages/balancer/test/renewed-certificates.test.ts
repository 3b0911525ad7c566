// Certificate files that change while a balancer runs are read without a reload, and no handshake fails meanwhile.
import { once } from "node:events";
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, connect } from "node:tls";
import { createAuthority, issue } from "@tandem/cluster";
import t from "tap";
import { givenOrigin, until } from "./given.ts";
import { givenReloadable, type Section, section } from "./given-reloadable.ts";
import { selfSigned } from "./self-signed.ts";
import { watchedClock } from "./watched-clock.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-renewed-"));
t.teardown(() => rmSync(folder, { recursive: true }));

const names = ["a.test"];
const first = selfSigned(folder, "first", "ec", names);
const second = selfSigned(folder, "second", "ec", [...names, "second.test"]);
const other = selfSigned(folder, "other", "rsa", ["b.test"]);
const live = { cert: join(folder, "live.crt"), key: join(folder, "live.key") };

/** Replaces a file in one step, as a renewal does. */
function replace(from: string, to: string): void {
  copyFileSync(from, `${to}.next`);
  renameSync(`${to}.next`, to);
}

/** Makes a full handshake. Resolves to the common name of the certificate that is shown. */
async function shown(port: number, servername = "a.test"): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", servername, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}

interface Handshakes {
  readonly done: number;
  readonly failures: readonly string[];
  leave(): Promise<void>;
}

/** Starts clients that make one handshake after the other. */
function givenHandshakes(port: number, clients: number): Handshakes {
  let [done, leaving] = [0, false];
  const failures: string[] = [];
  const visit = async () => {
    while (!leaving)
      await shown(port).then(
        () => {
          done += 1;
        },
        (error) => failures.push(String(error)),
      );
  };
  const all = Array.from({ length: clients }, visit);
  return {
    get done() {
      return done;
    },
    failures,
    leave: async () => {
      leaving = true;
      await Promise.all(all);
    },
  };
}

async function givenEdge(
  threads: number,
  more: Partial<Section["frontends"][string]> = {},
  servers: Readonly<Record<string, number>> = { s1: 1 },
) {
  replace(first.cert, live.cert);
  replace(first.key, live.key);
  const { clock, look } = watchedClock();
  const tls = { certificates: [live, other] };
  const front = { bind: "127.0.0.1:0", routes: [{ backend: "web" }], tls, ...more };
  const file = section(servers, {}, { threads, frontends: { front } });
  const balancer = await givenReloadable(file, { clock, level: "info" });
  /** Looks until `count` lines with these words are in the log. */
  const told = async (words: string, count: number) => {
    await until(async () => {
      look();
      return (await balancer.said(words, 0)).length >= count;
    });
    return balancer.said(words, count);
  };
  return { balancer, told, look, port: balancer.plane.ports.front ?? 0 };
}

t.test("renewed files are shown without a reload, and no handshake fails", async (t) => {
  const { balancer, told, port } = await givenEdge(2);
  await using _ = balancer;
  t.equal(await shown(port), "first");
  const handshakes = givenHandshakes(port, 4);
  for (const [round, { cert, key }] of [second, first, second].entries()) {
    replace(cert, live.cert);
    const faults = await told("cannot be used yet", round + 1);
    t.equal(faults.length, round + 1, "the pair that does not fit is logged once");
    t.match(faults.at(-1), {
      setting: "balancer.frontends.front.tls.certificates[0].key",
      why: /^\/.*live\.key is the key of another certificate than .*live\.crt$/,
    });
    replace(key, live.key);
    await told("changed certificate files were read", round + 1);
  }
  const seen = handshakes.done;
  await until(() => handshakes.done > seen + 50);
  await handshakes.leave();
  t.same(handshakes.failures, []);
  await until(async () => (await shown(port)) === "second");
  t.equal(await shown(port, "b.test"), "other", "the other certificate stays");
  t.match(balancer.plane.status().certificates[0], {
    file: live.cert,
    names: ["a.test", "second.test"],
    validity: "valid",
  });
  const lines = await balancer.said("changed certificate files were read", 3);
  t.match(lines[0], { frontends: ["front"], changes: [/live\.crt is a new certificate, until/] });
});

t.test("a file that is gone, cut or empty changes nothing, and comes back", async (t) => {
  const { balancer, told, port } = await givenEdge(1);
  await using _ = balancer;
  rmSync(live.cert);
  t.match(await told("cannot be used yet", 1), [{ why: /live\.crt \(no such file\)/ }]);
  t.equal(await shown(port), "first");
  const half = readFileSync(second.cert, "utf8").slice(0, 300);
  writeFileSync(live.cert, half);
  await told("cannot be used yet", 2);
  t.equal(await shown(port), "first");
  replace(second.cert, live.cert);
  replace(second.key, live.key);
  await told("changed certificate files were read", 1);
  await until(async () => (await shown(port)) === "second");
  t.equal(balancer.plane.status().reloads.done, 0, "no reload was needed");
});

/** Sends a request. Resolves to its status, 0 when the connection was refused, and to what the next visit resumes. */
async function ask(port: number, options: ConnectionOptions) {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...options });
  let [answer, resumed] = ["", false];
  let session: Buffer | undefined;
  socket.on("error", () => undefined);
  socket.on("session", (ticket) => {
    session = ticket;
  });
  socket.on("data", (chunk) => {
    answer += chunk;
  });
  socket.on("secureConnect", () => {
    resumed = socket.isSessionReused();
    socket.write("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
  });
  await new Promise((resolve) => socket.once("close", resolve));
  return { status: Number(answer.slice(9, 12)), resumed, session };
}

t.test("another authority for clients is read too, and ends the sessions of the old", async (t) => {
  const now = Date.now();
  const [old, next] = [await createAuthority("old", now), await createAuthority("next", now)];
  const person = { name: "alice", names: ["alice"], use: "box" } as const;
  const [alice, bob] = [await issue(old, person, now), await issue(next, person, now)];
  const ca = join(folder, "clients.crt");
  writeFileSync(ca, old.cert);
  await using origin = await givenOrigin((_, response) => response.end("ok"));
  const asking = { clientCertificates: { mode: "required", ca } } as const;
  const { balancer, told, port } = await givenEdge(2, asking, { s1: origin.port });
  await using _ = balancer;
  const { status, session } = await ask(port, alice);
  t.equal(status, 200);
  t.match(await ask(port, { ...alice, session }), { status: 200, resumed: true });
  t.match(await ask(port, bob), { status: 0 });
  writeFileSync(ca, next.cert);
  await told("changed certificate files were read", 1);
  // A thread may read the file a moment later than another, so the test waits.
  await until(async () => (await ask(port, bob)).status === 200);
  await until(async () => (await ask(port, { ...alice, session })).status === 0);
  for (let times = 0; times < 10; times++) {
    t.match(await ask(port, bob), { status: 200 });
    t.match(await ask(port, { ...alice, session }), { status: 0, resumed: false });
  }
});
