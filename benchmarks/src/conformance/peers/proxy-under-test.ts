// A proxy under test, in a process in front of one origin server that answers as the current case
// says. The proxy gets one case at a time.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Peer } from "../../peers/peer.ts";
import { freePort } from "../../process/free-port.ts";
import { Started } from "../../process/started.ts";
import { type TemporaryFolder, temporaryFolder } from "../../process/temporary-folder.ts";
import type { Case } from "../case.ts";
import { get as getOverH2, opening } from "../cases/h2/wording.ts";
import { get } from "../cases/wording.ts";
import { RawClient } from "../wire/raw-client.ts";
import { RawOrigin } from "../wire/raw-origin.ts";
import type { Step } from "../wire/steps.ts";
import { ADAPTATIONS } from "./adaptations.ts";
import type { ConformanceSetup } from "./setup.ts";

const READY_WITHIN_MS = 60_000;
const DESCRIPTORS = 1024;

type Protocol = NonNullable<Case["protocol"]>;

/**
 * Returns what a peer speaks to its clients. A peer with a configuration for the cases has ports for both protocols; a
 * program of the benchmark speaks one of them.
 */
function spokenBy({ name, abilities }: Peer): readonly Protocol[] {
  if (ADAPTATIONS.has(name)) return ["h1", "h2"];
  return abilities.streams === true ? ["h2"] : ["h1"];
}

/** Whether a peer is set up for what the case needs. */
export function offers(peer: Peer, { needs, protocol = "h1" }: Case): boolean {
  if (!spokenBy(peer).includes(protocol)) return false;
  return needs === undefined || ADAPTATIONS.get(peer.name)?.needs.includes(needs) === true;
}

export class ProxyUnderTest implements AsyncDisposable {
  readonly peer: Peer;
  readonly origin: RawOrigin;
  readonly #folder: TemporaryFolder;
  readonly #setup: ConformanceSetup;
  readonly #process: Started;

  /**
   * Starts `peer` and waits until it has forwarded a request and returned the answer. When the
   * peer's process ends before that, or after 60 s, throws an error with the peer's output.
   */
  static async open(peer: Peer): Promise<ProxyUnderTest> {
    const origin = await RawOrigin.start();
    const folder = temporaryFolder(`conformance-${peer.name}`);
    const directory = folder.path;
    const setup: ConformanceSetup = {
      port: await freePort(),
      limitedPort: await freePort(),
      trustedPort: await freePort(),
      ruledPort: await freePort(),
      h2: {
        port: await freePort(),
        limitedPort: await freePort(),
        ruledPort: await freePort(),
      },
      originPort: origin.port,
      directory,
    };
    const {
      command,
      env = {},
      files = {},
    } = peer.command({ ...setup, maxDescriptors: DESCRIPTORS });
    const own = ADAPTATIONS.get(peer.name)?.files(setup) ?? files;
    for (const [name, text] of Object.entries(own)) await writeFile(join(directory, name), text);
    const process = await Started.start(command, { env, cwd: directory, quiet: true });
    const proxy = new ProxyUnderTest(peer, origin, folder, setup, process);
    try {
      await proxy.#ready();
    } catch (error) {
      await proxy[Symbol.asyncDispose]();
      throw error;
    }
    return proxy;
  }

  constructor(
    peer: Peer,
    origin: RawOrigin,
    folder: TemporaryFolder,
    setup: ConformanceSetup,
    process: Started,
  ) {
    this.peer = peer;
    this.origin = origin;
    this.#folder = folder;
    this.#setup = setup;
    this.#process = process;
  }

  /** The port to which the client of a case connects. */
  portFor({ needs, protocol }: Case): number {
    if (!ADAPTATIONS.has(this.peer.name)) return this.#setup.port;
    const { limitedPort, ruledPort, port } = protocol === "h2" ? this.#setup.h2 : this.#setup;
    if (needs === "body limit") return limitedPort;
    if (needs === "rules") return ruledPort;
    return needs === "trusted client" ? this.#setup.trustedPort : port;
  }

  /** Whether the peer's process still runs. When a case has ended it, the next case needs a new process. */
  get alive(): boolean {
    return !this.#process.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
    await this.origin[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }

  async #ready(): Promise<void> {
    const deadline = performance.now() + READY_WITHIN_MS;
    const [protocol = "h1"] = spokenBy(this.peer);
    while (!(await answers(this.#setup.port, protocol))) {
      if (this.#process.ended || performance.now() > deadline) {
        const { complaint } = this.#process;
        throw new Error(
          `${this.peer.name} did not answer. ${complaint || "It said nothing of why."}`,
        );
      }
      await sleep(30);
    }
  }
}

const ASKS: Readonly<Record<Protocol, readonly Step[]>> = {
  h1: [get("Connection: close"), /hello/],
  h2: [...opening(), getOverH2(), /hello/],
};

async function answers(port: number, protocol: Protocol): Promise<boolean> {
  try {
    using client = await RawClient.connect(port);
    await client.perform(ASKS[protocol]);
    return client.received.includes("hello");
  } catch {
    return false; // the proxy does not listen yet
  }
}
