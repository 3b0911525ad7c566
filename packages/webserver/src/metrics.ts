// The webserver's counters, under HAProxy's names with proxy="web". The counters are plain numbers,
// which are read each time the metrics are requested.
import type { FrontCounters } from "@tandem/front";
import type { Exchange } from "@tandem/http/exchange";
import { defineSnapshotMetrics, type Registry } from "@tandem/telemetry";
import { FRONTEND } from "./names.ts";

const CLASSES = ["other", "1xx", "2xx", "3xx", "4xx", "5xx"] as const;

export class SiteCounters implements FrontCounters {
  sessions = 0;
  currentSessions = 0;
  requests = 0;
  refusals = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** How many answers were sent, by the first digit of their status; index 0 = any other status. */
  readonly responses = new Float64Array(CLASSES.length);

  opened(): void {
    this.sessions += 1;
    this.currentSessions += 1;
  }

  closed(): void {
    this.currentSessions -= 1;
  }

  finished(exchange: Exchange): void {
    this.requests += 1;
    this.bytesIn += exchange.headBytes + exchange.bytesReceived;
    this.bytesOut += exchange.bytesSent;
    if (exchange.status !== 0) this.#responded(exchange.status);
  }

  refused(status: number): void {
    this.refusals += 1;
    if (status > 0) this.#responded(status);
  }

  #responded(status: number): void {
    const index = Math.floor(status / 100);
    const at = index >= 1 && index < CLASSES.length ? index : 0;
    this.responses[at] = (this.responses[at] ?? 0) + 1;
  }
}

const metric = (type: "counter" | "gauge", name: string, help: string, label?: string) => ({
  name: `haproxy_frontend_${name}`,
  help,
  type,
  labels: label === undefined ? ["proxy"] : ["proxy", label],
});

/** Registers the counters as metrics. Must be called once per registry. */
export function defineSiteMetrics(registry: Registry, counters: SiteCounters, limit: number): void {
  const definitions = [
    metric("gauge", "current_sessions", "Connections open now"),
    metric("gauge", "limit_sessions", "Connections allowed"),
    metric("counter", "sessions_total", "Connections accepted"),
    metric("counter", "http_requests_total", "Requests received"),
    metric("counter", "request_errors_total", "Requests refused because they were malformed"),
    metric("counter", "http_responses_total", "Answers by class of status", "code"),
    metric("counter", "bytes_in_total", "Bytes of requests"),
    metric("counter", "bytes_out_total", "Bytes of answers"),
  ];
  const proxy = { proxy: FRONTEND };
  defineSnapshotMetrics(registry, definitions, () => ({
    haproxy_frontend_current_sessions: [[proxy, counters.currentSessions]],
    haproxy_frontend_limit_sessions: [[proxy, limit]],
    haproxy_frontend_sessions_total: [[proxy, counters.sessions]],
    haproxy_frontend_http_requests_total: [[proxy, counters.requests]],
    haproxy_frontend_request_errors_total: [[proxy, counters.refusals]],
    haproxy_frontend_http_responses_total: CLASSES.map(
      (code, index) => [{ ...proxy, code }, counters.responses[index] ?? 0] as const,
    ),
    haproxy_frontend_bytes_in_total: [[proxy, counters.bytesIn]],
    haproxy_frontend_bytes_out_total: [[proxy, counters.bytesOut]],
  }));
}
