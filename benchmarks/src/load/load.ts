// What a load generator is asked and what it answers, whichever program does the work.
import type { Wrong } from "./wrong-answers.ts";

/** One stretch of load on one proxy. */
export interface LoadJob {
  readonly port: number;
  readonly tls: boolean;
  readonly path: string;
  readonly method: "GET" | "POST";
  /** Length of the request body. */
  readonly uploadBytes: number;
  /** Length of the body every response must have; anything else is an error. */
  readonly expectBytes: number;
  readonly connections: number;
  readonly seconds: number;
  /** Each request on a connection of its own. */
  readonly newConnections: boolean;
  /** A browser's fields, and no request with the path, Cookie and Referer of another. */
  readonly varied?: boolean;
  /** Requests started per second, whatever became of earlier ones; as fast as answers come when absent. */
  readonly rate?: number;
}

/** What came of a job. */
export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** Answers other than 200, bodies of the wrong length, sockets that failed, requests never answered. */
  readonly errors: number;
  /** The same by reason. */
  readonly wrong: Wrong;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
}

/** The fields every generator sends; few, as wrk and autocannon send few. */
export const REQUEST_FIELDS: Readonly<Record<string, string>> = {
  "User-Agent": "tandem-bench",
  Accept: "*/*",
};

/** The address a job is for. */
export function urlOf(job: LoadJob): string {
  return `${job.tls ? "https" : "http"}://127.0.0.1:${job.port}${job.path}`;
}
