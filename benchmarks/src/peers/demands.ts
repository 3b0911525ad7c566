// What a workload demands of a peer beyond HTTP/1.1, and how a peer that cannot do it says so.

export interface Demands {
  /**
   * The clients speak HTTP/2 from the first byte, without TLS, and send so many requests at a time on each connection.
   * Left out when they speak HTTP/1.1.
   */
  readonly streams?: number;
  /** The peers pass the bytes of each connection on to a connection of its own, and read none of them. */
  readonly tcp?: true;
  /** The server demands TLS and a certificate. */
  readonly tlsToServers?: true;
}

/** What a peer can do beyond HTTP/1.1. */
export type Abilities = { readonly [Demand in keyof Demands]?: true } & {
  /** The peer speaks no HTTP/1.1 to clients. */
  readonly http2Only?: true;
};

const LACKS = [
  { demand: "streams", words: "no HTTP/2 to clients" },
  { demand: "tcp", words: "no TCP mode" },
  { demand: "tlsToServers", words: "no TLS to servers" },
] as const;

/** Returns what `workload` demands and a peer with these abilities cannot do; undefined when it can do everything. */
export function lackOf(workload: Demands, abilities: Abilities): string | undefined {
  const lack = LACKS.find(
    ({ demand }) => workload[demand] !== undefined && abilities[demand] !== true,
  );
  const http1 = workload.streams === undefined && workload.tcp === undefined;
  return http1 && abilities.http2Only === true ? "no HTTP/1.1 to clients" : lack?.words;
}

/** All abilities. */
export const EVERYTHING: Abilities = { streams: true, tcp: true, tlsToServers: true };
