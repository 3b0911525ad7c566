// Starts a peer as a process on its own core, ready to forward.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ClientConnection, requestBytes } from "../load/client-connection.ts";
import type { LoadJob } from "../load/load.ts";
import { BODY_BYTES } from "../origin/answers.ts";
import type { Peer, PeerSetup } from "../peers/peer.ts";
import { pinned } from "../process/affinity.ts";
import { freePort } from "../process/free-port.ts";
import { Started } from "../process/started.ts";
import type { Workload } from "../workloads/workload.ts";
import type { Bench } from "./bench-setup.ts";
import { http2Answers } from "./http2-answers.ts";

const READY_WITHIN_MS = 60_000;

/** A peer that has been started. */
export interface RunningPeer extends AsyncDisposable {
  readonly peer: Peer;
  readonly port: number;
  readonly pid: number;
}

/** Resolves to whether a request on a new connection to `port` is answered. */
export function answers(port: number, tls: boolean): Promise<boolean> {
  const job: LoadJob = {
    port,
    tls,
    path: "/small",
    method: "GET",
    uploadBytes: 0,
    expectBytes: BODY_BYTES["/small"] ?? 0,
    connections: 1,
    seconds: 0,
    newConnections: true,
  };
  const connection = new ClientConnection(job);
  return new Promise((resolve) => {
    connection.send(requestBytes(job), (wrong) => {
      connection.close();
      resolve(wrong === "");
    });
  });
}

/**
 * Starts `peer` and waits until a request through it is answered. Throws with the peer's own messages when it does
 * not start.
 */
export async function startPeer(
  peer: Peer,
  bench: Bench,
  { tls, twoThreads, streams, tcp, tlsToServers }: Workload,
): Promise<RunningPeer> {
  const port = await freePort();
  const directory = join(bench.directory, `${peer.name.replaceAll("/", "_")}-${port}`);
  await mkdir(directory);
  const setup: PeerSetup = {
    port,
    originPort: tlsToServers ? bench.originTlsPort : bench.originPort,
    maxDescriptors: bench.descriptors.limit,
    directory,
    ...(tls ? { tls: bench.tls } : {}),
    ...(streams === undefined ? {} : { http2: true }),
    ...(tcp && { tcp }),
    ...(tlsToServers && { originTls: bench.tls }),
  };
  const { command, env = {}, files = {} } = peer.command(setup);
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  const cores = twoThreads === true ? bench.affinity.twoThreads : bench.affinity.proxy;
  const started = await Started.start(pinned([...bench.descriptors.prefix, ...command], cores), {
    env,
    cwd: directory,
    quiet: true,
  });
  const ready = () => (streams === undefined ? answers(port, tls) : http2Answers(port));
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!(await ready())) {
    if (started.ended || performance.now() > deadline) {
      await started[Symbol.asyncDispose]();
      throw new Error(`it did not answer. ${started.complaint || "It said nothing about why."}`);
    }
    await sleep(20);
  }
  return {
    peer,
    port,
    pid: started.pid,
    [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
  };
}
