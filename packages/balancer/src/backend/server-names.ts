// The names that servers are given by, kept resolved as long as a configuration holds them.
import type { BackendConfig } from "@tandem/config";
import {
  type Clock,
  type Lookups,
  NameResolver,
  type Names,
  systemLookups,
} from "@tandem/transport";
import type { Complain } from "../balance/guarded.ts";

export interface ServerNamesOptions {
  readonly clock: Clock;
  /** Of the thread that owns this; it learns first. */
  readonly names: Names;
  readonly complain: Complain;
  /** A name has other addresses than before. */
  readonly changed: (name: string, addresses: readonly string[]) => void;
  /** The machine's own unless given. */
  readonly lookups?: Lookups | undefined;
}

export class ServerNames {
  readonly #resolver: NameResolver;

  constructor({ clock, names, complain, changed, lookups = systemLookups }: ServerNamesOptions) {
    this.#resolver = new NameResolver({
      ...{ clock, lookups, complain },
      changed: (name, addresses) => {
        names.learn(name, addresses);
        changed(name, addresses);
      },
    });
  }

  /** Resolves when every server of these backends has an address, or it has taken too long. */
  watch(...configurations: readonly Readonly<Record<string, BackendConfig>>[]): Promise<void> {
    const servers = configurations
      .flatMap((backends) => Object.values(backends))
      .flatMap((backend) => Object.values(backend.servers));
    return this.#resolver.watch(servers.map(({ address }) => address.host ?? ""));
  }

  stop(): void {
    this.#resolver.stop();
  }
}
