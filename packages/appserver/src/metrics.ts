// The metrics of the application tier. Their names follow the style of the balancer's metrics.
import { Counter, Histogram, type Registry } from "prom-client";

export interface RequestMetrics {
  observe(status: number, ms: number): void;
}

const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Registers the metrics. Call this function once per registry. */
export function requestMetrics(registry: Registry): RequestMetrics {
  const registers = [registry];
  const responses = new Counter({
    name: "tandem_appserver_http_responses_total",
    help: "Finished requests by class of status",
    labelNames: ["code"],
    registers,
  });
  const duration = new Histogram({
    name: "tandem_appserver_request_duration_seconds",
    help: "From the head of a request to the end of its answer",
    buckets: BUCKETS_SECONDS,
    registers,
  });
  return {
    observe(status, ms) {
      responses.inc({ code: `${Math.floor(status / 100)}xx` });
      duration.observe(ms / 1000);
    },
  };
}
