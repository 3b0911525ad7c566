// What the benchmark needs to know of a proxy that it measures: whether the proxy is installed, and how to start it
// with the same features as the other proxies. The method page (docs/benchmarks/method.md) explains how each proxy is
// set up, and why the comparison is fair.

/** The settings with which a peer is started. */
export interface PeerSetup {
  /** The port of 127.0.0.1 on which the peer listens. */
  readonly port: number;
  readonly originPort: number;
  /** How many files and sockets the peer may have open. */
  readonly maxDescriptors: number;
  /** A folder of the peer's own, for its configuration and whatever it writes. */
  readonly directory: string;
  /** When given, the peer listens with TLS and this certificate. */
  readonly tls?: PeerTls;
  /** The peer speaks HTTP/2 to clients, from the first byte; never given together with `tls`. */
  readonly http2?: true;
}

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
  /** The peer can speak HTTP/2 to clients without TLS. Left out when it cannot. */
  readonly http2?: true;
  /**
   * The same peer with two threads for traffic. Left out when the peer is measured with one thread
   * only.
   */
  readonly twoThreads?: Peer;
  command(setup: PeerSetup): PeerCommand;
}
