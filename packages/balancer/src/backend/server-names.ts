// Resolves the host names of servers, for servers whose address is a name. Each name is resolved again and again as
// long as a configuration contains the name.
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
  /**
   * The known addresses, by host name, of the thread that owns this object. They are updated before `changed` is
   * called.
   */
  readonly names: Names;
  readonly complain: Complain;
  /** Called when a name has resolved to other addresses than before. */
  readonly changed: (name: string, addresses: readonly string[]) => void;
  /** Defaults to the machine's own resolver. */
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

  /**
   * Starts to resolve the host names in these configurations, and stops for all other names. The promise resolves when
   * every new name has been looked up once, or when that has taken too long.
   */
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
