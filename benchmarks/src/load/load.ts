// The job that a load generator is given and the result that it returns, the same for every generator.
import type { Wrong } from "./wrong-answers.ts";

/** How every connection over TLS begins. A connection that begins in another way counts as an error. */
export interface Handshake {
  /** `resumed` = each connection resumes the session of an earlier one (RFC 8446 §2.2, RFC 5077). */
  readonly kind: "full" | "resumed";
  readonly version: "TLSv1.2" | "TLSv1.3";
}

/** The load that a generator makes on one proxy. */
export interface LoadJob {
  readonly port: number;
  readonly tls: boolean;
  readonly path: string;
  readonly method: "GET" | "POST";
  /** Length of the request body in bytes. */
  readonly uploadBytes: number;
  /** Length that the body of every response must have; another length is an error. */
  readonly expectBytes: number;
  readonly connections: number;
  /**
   * Speaks HTTP/2 with this many requests at a time on each connection; without TLS, from the first byte (prior
   * knowledge). Left out for HTTP/1.1, which has one request at a time.
   */
  readonly streams?: number;
  readonly seconds: number;
  /** Sends each request on a connection of its own. */
  readonly newConnections: boolean;
  /** Left out when it does not matter how connections over TLS begin. */
  readonly handshake?: Handshake;
  /** Sends fields like a browser's. Path, Cookie and Referer differ in every request. */
  readonly varied?: boolean;
  /**
   * How many requests are started per second, even if earlier requests are not answered yet.
   * Without a rate, each connection sends its next request when it has got the answer to the last
   * request.
   */
  readonly rate?: number;
}

/** The result of a job. */
export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** Answers other than 200, bodies of the wrong length, sockets that failed, requests never answered. */
  readonly errors: number;
  /** How many errors there were for each reason. */
  readonly wrong: Wrong;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
}

/** The fields that every generator sends. They are few, because wrk and autocannon send few by default. */
export const REQUEST_FIELDS: Readonly<Record<string, string>> = {
  "User-Agent": "tandem-bench",
  Accept: "*/*",
};

/** Returns the address to which a job's requests go. */
export function urlOf(job: LoadJob): string {
  return `${job.tls ? "https" : "http"}://127.0.0.1:${job.port}${job.path}`;
}
