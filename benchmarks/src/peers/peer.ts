// What the benchmark knows of a proxy that it measures: whether it is installed, and how to start it with the same
// features as the others. The method page (docs/benchmarks/method.md) explains how each is set up, and why that is
// fair.

/** The set-up that a peer gets. */
export interface PeerSetup {
  /** Where to listen, on 127.0.0.1. */
  readonly port: number;
  readonly originPort: number;
  /** How many files and sockets the peer may have open. */
  readonly maxDescriptors: number;
  /** A folder of its own, for its configuration and whatever it writes. */
  readonly directory: string;
  /** Answer with TLS, with this certificate. */
  readonly tls?: PeerTls;
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
  /** Files to write into its folder first, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A proxy beside which Tandem is measured, or Tandem. */
export interface Peer {
  readonly name: string;
  /** Why it cannot run on this machine; `undefined` when it can. */
  missing(): string | undefined;
  version(): string;
  /** What it forwards. Peers that forward nothing, or change nothing, are there for comparison. */
  readonly kind: "proxy" | "splice" | "server";
  /** `node`: its code is compiled while it runs, so it reaches its full speed only after seconds. */
  readonly runtime: "node" | "native";
  /** The same with two threads for traffic, where that is measured. */
  readonly twoThreads?: Peer;
  command(setup: PeerSetup): PeerCommand;
}
