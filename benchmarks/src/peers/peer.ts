// What the benchmark needs to know of a proxy that it measures: whether the proxy is installed, and how to start it
// with the same features as the other proxies. The method page (docs/benchmarks/method.md) explains how each proxy is
// set up, and why the comparison is fair.

import type { Abilities } from "./demands.ts";

/** The settings with which a peer is started. */
export interface PeerSetup {
  /** The port of 127.0.0.1 on which the peer listens. */
  readonly port: number;
  readonly originPort: number;
  /**
   * When given, the origin demands TLS. It shows this certificate, which is its own authority and names `SERVER_NAME`,
   * and demands to see the same certificate from the peer.
   */
  readonly originTls?: PeerTls;
  /** The peer passes on the bytes of each connection, and reads none of them. */
  readonly tcp?: true;
  /** How many files and sockets the peer may have open. */
  readonly maxDescriptors: number;
  /** A folder of the peer's own, for its configuration and whatever it writes. */
  readonly directory: string;
  /** When given, the peer listens with TLS and this certificate. */
  readonly tls?: PeerTls;
  /** The peer speaks HTTP/2 to clients, from the first byte; never given together with `tls`. */
  readonly http2?: true;
}

/** The name in the origin's certificate. */
export const SERVER_NAME = "origin";

/** PEM files; `both` is the certificate followed by its key. */
export interface PeerTls {
  readonly cert: string;
  readonly key: string;
  readonly both: string;
}

/** How to start a peer. It must run in the foreground. */
export interface PeerCommand {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Files to write into the peer's folder before it starts, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A proxy beside which Tandem is measured, or Tandem. */
export interface Peer {
  readonly name: string;
  /** Why the peer cannot run on this machine; `undefined` when it can. */
  missing(): string | undefined;
  version(): string;
  /**
   * `proxy` forwards requests, `splice` forwards bytes unchanged, and `server` answers by itself.
   * Peers of the kinds `splice` and `server` are measured for comparison only.
   */
  readonly kind: "proxy" | "splice" | "server";
  /** `node`: the peer's code is compiled while it runs, so it reaches its full speed only after seconds. */
  readonly runtime: "node" | "native";
  /** What the peer can do beyond HTTP/1.1. */
  readonly abilities: Abilities;
  /**
   * The same peer with two threads for traffic. Left out when the peer is measured with one thread
   * only.
   */
  readonly twoThreads?: Peer;
  command(setup: PeerSetup): PeerCommand;
}
