// All errors that can keep a request from getting its answer, one row for each error. The row says what the client is
// told (the status, and the error type of RFC 9209's Proxy-Status), what the log says (HAProxy's termination state),
// and whether the request may be tried on another server (RFC 9110 §9.2.2).
import type { Outcome } from "@tandem/algorithms";

interface ErrorRow {
  readonly status: number;
  readonly termination: string;
  /** The type of the error in Proxy-Status, and its details where the type alone does not tell what to do. */
  readonly proxyStatus: string;
  /**
   * When the request may be tried again. safe: always, because the server never saw the request, or says that it did
   * not begin with it. idempotent: only if the method is idempotent, because the server may have seen the request.
   * never: an answer has begun.
   */
  readonly retry: "safe" | "idempotent" | "never";
  /**
   * The outcome that the error means for the server that had the request. Algorithms that learn from requests are
   * told this outcome.
   */
  readonly outcome: Outcome;
}

const row = (
  status: number,
  termination: string,
  proxyStatus: string,
  retry: ErrorRow["retry"],
  outcome: Outcome = "failed",
): ErrorRow => ({ status, termination, proxyStatus, retry, outcome });

export const PROXY_ERRORS = {
  "no-server": row(503, "SC--", "destination_unavailable", "never"),
  "queue-full": row(503, "PQ--", "connection_limit_reached", "never"),
  "queue-timeout": row(503, "sQ--", "connection_limit_reached", "never"),
  "connect-refused": row(502, "SC--", "connection_refused", "safe"),
  "connect-timeout": row(504, "sC--", "connection_timeout", "safe", "timeout"),
  "out-of-resources": row(503, "RC--", "proxy_internal_error", "safe", "cancelled"),
  "tls-refused": row(502, "SC--", "tls_protocol_error", "safe"),
  "certificate-refused": row(502, "SC--", "tls_certificate_error", "safe"),
  "protocol-refused": row(502, "SC--", "http_protocol_error", "safe"),
  "stream-refused": row(503, "SC--", "destination_unavailable", "safe", "cancelled"),
  "server-closed": row(502, "SH--", "connection_terminated", "idempotent"),
  "connection-broken": row(502, "PH--", "http_protocol_error", "idempotent"),
  "server-timeout": row(504, "sH--", "http_response_timeout", "never", "timeout"),
  "bad-response": row(502, "PH--", "http_protocol_error", "never"),
  "bad-request": row(400, "PR--", "http_request_error", "never", "cancelled"),
  "request-filter-failed": row(500, "IR--", "proxy_internal_error", "never", "cancelled"),
  "response-filter-failed": row(500, "IH--", "proxy_internal_error", "never", "cancelled"),
  "body-filter-failed": row(500, "ID--", "proxy_internal_error", "never", "cancelled"),
  "no-route": row(404, "PR--", "destination_not_found", "never", "cancelled"),
  "unknown-host": row(421, "PR--", "destination_not_found", "never", "cancelled"),
  "not-allowed": row(405, "PR--", "http_request_denied", "never", "cancelled"),
  "grpc-over-http1": row(
    505,
    "PR--",
    'http_request_error; details="gRPC needs HTTP/2"',
    "never",
    "cancelled",
  ),
  "grpc-to-http1": row(
    502,
    "PR--",
    'proxy_configuration_error; details="gRPC needs HTTP/2, and the servers get HTTP/1.1"',
    "never",
    "cancelled",
  ),
  "server-aborted": row(502, "SD--", "http_response_incomplete", "never"),
  "server-stalled": row(504, "sD--", "http_response_incomplete", "never", "timeout"),
} as const satisfies Record<string, ErrorRow>;

export type ProxyErrorCode = keyof typeof PROXY_ERRORS;

/**
 * Returns whether a request that failed with `code`, without any byte of an answer, may be tried on another server.
 * `repeatable`: the request can be sent again, and sending it twice does no harm.
 */
export function mayTryAgain(code: ProxyErrorCode, repeatable: boolean): boolean {
  const { retry } = PROXY_ERRORS[code];
  return retry === "safe" || (retry === "idempotent" && repeatable);
}

/** Returns whether no server has worked on a request that failed with `code`: none saw it, or one refused it. */
export function neverSent(code: ProxyErrorCode): boolean {
  return PROXY_ERRORS[code].retry === "safe";
}

/** Returns what the status of an answer says about the server. 501 and 505 are the client's fault, as in HAProxy. */
export function outcomeOfStatus(status: number): Outcome {
  return status >= 500 && status !== 501 && status !== 505 ? "failed" : "ok";
}
