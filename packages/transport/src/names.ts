// The addresses of servers that are configured by name, as far as this thread knows them. Connections are made to these
// addresses without a look-up. So when the resolver is slow or down, no request waits for the resolver and every server
// can still be reached.
import type { LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";

/** The addresses of each name; empty as long as none has been found. The object may be posted to another thread. */
export type KnownNames = Readonly<Record<string, readonly string[]>>;

export class Names {
  readonly #known = new Map<string, readonly string[]>();
  #turn = 0;

  constructor(known: KnownNames = {}) {
    for (const [name, addresses] of Object.entries(known)) this.learn(name, addresses);
  }

  /** Sets the addresses of `name`. */
  learn(name: string, addresses: readonly string[]): void {
    this.#known.set(name, addresses);
  }

  /**
   * Whether a connection to `address` may still be used for `name`, because `address` is one of the known addresses
   * of `name`. Also true when `address` is undefined, and when `name` is itself an address.
   */
  has(name: string, address: string | undefined): boolean {
    return isIP(name) !== 0 || address === undefined || this.#of(name).includes(address);
  }

  /**
   * Looks a name up among the known addresses; pass this function in the options of a socket. When a name has several
   * addresses, each call begins with the next address, so that connections are spread over all of them. When one
   * address refuses, Node tries the next (autoSelectFamily, RFC 8305). Fails with ENOTFOUND while no address is known.
   */
  readonly lookup: LookupFunction = (name, { all }, done) => {
    const found = this.#inTurn(name);
    const [first] = found;
    if (first === undefined) done(unknown(name), "");
    else if (all) done(null, found);
    else done(null, first.address, first.family);
  };

  #of(name: string): readonly string[] {
    return this.#known.get(name) ?? [];
  }

  #inTurn(name: string): LookupAddress[] {
    const addresses = this.#of(name);
    this.#turn += 1;
    const start = addresses.length === 0 ? 0 : this.#turn % addresses.length;
    return [...addresses.slice(start), ...addresses.slice(0, start)].map((address) => {
      return { address, family: isIP(address) };
    });
  }
}

function unknown(name: string): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`no address of ${name} is known`);
  error.code = "ENOTFOUND";
  return error;
}
