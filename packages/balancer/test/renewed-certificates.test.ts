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
import { connect } from "node:tls";
import t from "tap";
import { until } from "./given.ts";
import { givenReloadable, section } from "./given-reloadable.ts";
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

async function givenEdge(threads: number) {
  replace(first.cert, live.cert);
  replace(first.key, live.key);
  const { clock, look } = watchedClock();
  const tls = { certificates: [live, other] };
  const front = { bind: "127.0.0.1:0", routes: [{ backend: "web" }], tls };
  const file = section({ s1: 1 }, {}, { threads, frontends: { front } });
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
      setting: "balancer.frontends.front.tls",
      why: /live\.key do not make/,
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
