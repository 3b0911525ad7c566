// The addresses of the names that servers are given by, as this thread knows them. A connection is made to what
// stands here, without a lookup: a resolver that is slow or away keeps no request waiting, and takes no server out.
import type { LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";

/** By name; empty while none was ever found. May be posted to another thread. */
export type KnownNames = Readonly<Record<string, readonly string[]>>;

export class Names {
  readonly #known = new Map<string, readonly string[]>();
  #turn = 0;

  constructor(known: KnownNames = {}) {
    for (const [name, addresses] of Object.entries(known)) this.learn(name, addresses);
  }

  /** From now on `name` has these addresses. */
  learn(name: string, addresses: readonly string[]): void {
    this.#known.set(name, addresses);
  }

  /** Whether a connection to `address` is one to `name`. What is an address itself has no other. */
  has(name: string, address: string | undefined): boolean {
    return isIP(name) !== 0 || address === undefined || this.#of(name).includes(address);
  }

  /**
   * For the options of a socket. Several addresses take turns, and a connection that one refuses is tried with the
   * next (Node's autoSelectFamily, RFC 8305). Fails with ENOTFOUND while no address is known.
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
