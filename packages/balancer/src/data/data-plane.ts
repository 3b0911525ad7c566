// All frontends and backends of one data thread.
import type { BalancerConfig } from "@tandem/config";
import type { AccessRecord } from "@tandem/telemetry";
import { type Clock, Deadlines, ReadBuffers, type Rng, turnClock } from "@tandem/transport";
import { Backend } from "../backend/backend.ts";
import type { SharedState } from "../backend/shared-state.ts";
import { directoryOf } from "../directory.ts";
import { Frontend } from "../frontend/frontend.ts";
import type { Interceptor } from "../frontend/interceptor.ts";
import type { Refusal } from "../refusal.ts";

export interface DataPlaneOptions {
  readonly config: BalancerConfig;
  readonly shared: SharedState;
  readonly box: string;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: (record: AccessRecord) => void;
  /** Other threads or processes may listen on the same ports; true unless said otherwise. */
  readonly sharePorts?: boolean;
  readonly interceptor?: Interceptor | undefined;
  /** Told of connections that never became a client's. */
  readonly refused?: (refusal: Refusal) => void;
}

/** How often a drain looks whether the last connection has gone. */
const DRAIN_POLL_MS = 20;

export class DataPlane {
  readonly #options: DataPlaneOptions;
  readonly #deadlines: Deadlines;
  readonly #backends: ReadonlyMap<string, Backend>;
  readonly #frontends: readonly Frontend[];

  /** Throws on certificates that cannot be read. */
  constructor(options: DataPlaneOptions) {
    const { config, shared, box, rng, log, interceptor, refused } = options;
    const { sharePorts = true } = options;
    const { backends, frontends } = directoryOf(config);
    const clock = turnClock(options.clock);
    const deadlines = new Deadlines(clock);
    const buffers = new ReadBuffers(clock);
    const common = { shared, box, clock, rng, deadlines, buffers };
    this.#options = options;
    this.#deadlines = deadlines;
    this.#backends = new Map(
      backends.map(({ name, config: backend, index, firstServer }) => [
        name,
        new Backend(name, backend, { ...common, index, firstServer }),
      ]),
    );
    const via = `tandem-${box}`;
    const door = { deadlines, buffers, log, sharePorts, interceptor, refused };
    const environment = { shared, via, clock, ...door };
    this.#frontends = frontends.map(
      (entry) => new Frontend(entry, { ...environment, backends: this.#backends }),
    );
  }

  /** Opens every listener; resolves to the ports in use by frontend. */
  async listen(): Promise<Record<string, number>> {
    for (const frontend of this.#frontends) await frontend.listen();
    return Object.fromEntries(this.#frontends.map(({ name, port }) => [name, port]));
  }

  /** Resolves when the last connection has gone, or at the deadline. */
  async drain(deadlineMs: number): Promise<void> {
    const { clock } = this.#options;
    const until = clock.now() + deadlineMs;
    for (const frontend of this.#frontends) frontend.drain();
    while (this.#frontends.some(({ open }) => open > 0) && clock.now() < until) {
      await new Promise<void>((resolve) => clock.after(DRAIN_POLL_MS, resolve));
    }
  }

  stop(): void {
    for (const frontend of this.#frontends) frontend.stop();
    for (const backend of this.#backends.values()) backend.stop();
    this.#deadlines.stop();
  }
}
