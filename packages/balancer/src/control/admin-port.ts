// The admin server, which a reload may open, move to another address or close. The new address is opened
// before the old one is closed.
import { isDeepStrictEqual } from "node:util";
import type { Address } from "@tandem/transport";
import type { AdminOptions, AdminServer } from "../admin/admin-server.ts";

/**
 * An address on which the admin server listens already. The caller must call exactly one of the
 * methods: `use` to keep the new address and close the old address, or `forget` to close the new
 * address.
 */
export interface OpenedAdmin {
  use(): Promise<void>;
  forget(): Promise<void>;
}

export class AdminPort {
  readonly #options: Omit<AdminOptions, "address">;
  #address: Address | undefined = undefined;
  #server: AdminServer | undefined = undefined;

  constructor(options: Omit<AdminOptions, "address">) {
    this.#options = options;
  }

  /** Returns the URL of the status page. */
  get url(): string | undefined {
    return this.#server?.url;
  }

  /**
   * Opens an address. Rejects when the admin server cannot listen on that address. `address` undefined = no admin
   * server.
   */
  async open(address: Address | undefined): Promise<OpenedAdmin> {
    const before = this.#server;
    const nothing = async (): Promise<void> => undefined;
    if (isDeepStrictEqual(address, this.#address)) return { use: nothing, forget: nothing };
    const server = address && (await this.#make(address));
    await server?.start();
    return {
      use: async () => {
        this.#address = address;
        this.#server = server;
        await before?.stop();
      },
      forget: async () => server?.stop(),
    };
  }

  /** Makes the server. Fastify is loaded only here: a balancer without an admin address does without it. */
  async #make(address: Address): Promise<AdminServer> {
    const { AdminServer } = await import("../admin/admin-server.ts");
    return new AdminServer({ ...this.#options, address });
  }

  async close(): Promise<void> {
    await this.#server?.stop();
  }
}
