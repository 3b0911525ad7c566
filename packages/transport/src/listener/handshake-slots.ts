// Limits how many TLS handshakes are under way at once at a listener, in all and from one network. A handshake that has
// begun holds about 50 KB and, once its ClientHello has come, a millisecond of processor time. Clients that begin
// handshakes and do not finish them must not take all of both.
import { isIPv6, type Socket } from "node:net";
import type { RefusalReason } from "../tls/refusal.ts";

export interface HandshakeLimits {
  /** How many handshakes may be under way at once. */
  readonly atOnce: number;
  /** How many of them may be from one IPv4 address, or from one IPv6 network of 64 bits. */
  readonly perAddress: number;
}

/** Why a handshake may not begin. */
export interface NoSlot {
  readonly reason: RefusalReason;
  readonly why: string;
}

export class HandshakeSlots {
  #limits: HandshakeLimits | undefined;
  /** For each TCP socket with a handshake under way, the network of its client. */
  readonly #taken = new Map<Socket, string>();
  readonly #ofNetwork = new Map<string, number>();

  /** @param limits undefined = no limits */
  constructor(limits: HandshakeLimits | undefined) {
    this.#limits = limits;
  }

  /** Sets the limits for handshakes from now on. */
  set limits(limits: HandshakeLimits | undefined) {
    this.#limits = limits;
  }

  /**
   * Takes a slot, which is free again after `free`, or when the socket closes. Returns why there is none; undefined =
   * the handshake may begin.
   */
  take(socket: Socket, address: string): NoSlot | undefined {
    const limits = this.#limits;
    if (limits === undefined) return undefined;
    const { atOnce, perAddress } = limits;
    if (this.#taken.size >= atOnce)
      return {
        reason: "too-many-handshakes",
        why: `${this.#taken.size} TLS handshakes are under way already (tls.maxHandshakes)`,
      };
    const network = networkOf(address);
    const own = this.#ofNetwork.get(network) ?? 0;
    if (own >= perAddress)
      return {
        reason: "too-many-of-address",
        why: `${own} TLS handshakes from ${network} are under way already (tls.maxHandshakesPerAddress)`,
      };
    this.#taken.set(socket, network);
    this.#ofNetwork.set(network, own + 1);
    socket.once("close", () => this.free(socket));
    return undefined;
  }

  /** Frees the slot of a socket. Has no effect on a socket that has none. */
  free(socket: Socket): void {
    const network = this.#taken.get(socket);
    if (network === undefined) return;
    this.#taken.delete(socket);
    const left = (this.#ofNetwork.get(network) ?? 0) - 1;
    if (left > 0) this.#ofNetwork.set(network, left);
    else this.#ofNetwork.delete(network);
  }
}

const GROUPS = 8;
const NETWORK_GROUPS = 4;

/**
 * Returns the network whose handshakes are counted together: an IPv4 address alone, and the first 64 bits of an IPv6
 * address, because one client usually owns all addresses of such a network (RFC 6177).
 */
export function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes(".")) return address;
  const [head = "", tail] = address.split("%", 1).join("").split("::");
  const first = head === "" ? [] : head.split(":");
  const last = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: GROUPS - first.length - last.length }, () => "0");
  const groups = [...first, ...zeros, ...last].slice(0, NETWORK_GROUPS);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":")}::/64`;
}
