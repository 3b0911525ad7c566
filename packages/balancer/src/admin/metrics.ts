// Registers the numbers of the status as Prometheus metrics, with HAProxy's names (its addons/promex/README), so that
// dashboards made for HAProxy work unchanged.
import { defineSnapshotMetrics, type Registry, type SnapshotRow } from "@tandem/telemetry";
import { LINK_STATES } from "./chain.ts";
import type { Counts, FrontendStatus, ServerStatus, Status } from "./status.ts";

type Labels = Readonly<Record<string, string>>;
type Column<T> = readonly [
  suffix: string,
  type: "counter" | "gauge",
  help: string,
  rows: (item: T, labels: Labels) => readonly SnapshotRow[],
];

const value =
  <T>(read: (item: T) => number) =>
  (item: T, labels: Labels): readonly SnapshotRow[] => [[labels, read(item)]];

const TRAFFIC: readonly Column<Counts>[] = [
  ["current_sessions", "gauge", "Open sessions, or requests in flight.", value((c) => c.current)],
  ["bytes_in_total", "counter", "Bytes received.", value((c) => c.bytesIn)],
  ["bytes_out_total", "counter", "Bytes sent.", value((c) => c.bytesOut)],
  ["http_requests_total", "counter", "Requests.", value((c) => c.requests)],
  [
    "http_responses_total",
    "counter",
    "Responses by class of status.",
    (c, labels) => Object.entries(c.responses).map(([code, n]) => [{ ...labels, code }, n]),
  ],
];

const byCode = (counted: Readonly<Record<string, number>>, labels: Labels) =>
  Object.entries(counted).map(([code, n]) => [{ ...labels, code }, n] as const);

/** HAProxy's names, of the statistics of its HTTP/2; the codes are ours. */
const H2: readonly Column<FrontendStatus>[] = [
  [
    "h2_open_connections",
    "gauge",
    "HTTP/2: connections open now.",
    value((f) => f.h2.openConnections),
  ],
  [
    "h2_total_connections",
    "counter",
    "HTTP/2: connections accepted.",
    value((f) => f.h2.totalConnections),
  ],
  ["h2_open_streams", "gauge", "HTTP/2: streams open now.", value((f) => f.h2.openStreams)],
  ["h2_total_streams", "counter", "HTTP/2: streams opened.", value((f) => f.h2.totalStreams)],
  [
    "h2_rst_stream_rcvd",
    "counter",
    "HTTP/2: streams reset by clients, by code.",
    (f, labels) => byCode(f.h2.resetsReceived, labels),
  ],
  [
    "h2_rst_stream_resp",
    "counter",
    "HTTP/2: streams reset by the balancer, by code.",
    (f, labels) => byCode(f.h2.resetsSent, labels),
  ],
];

const FRONTEND: readonly Column<FrontendStatus>[] = [
  ...TRAFFIC,
  ["sessions_total", "counter", "Connections accepted.", value((c) => c.sessions)],
  [
    "request_errors_total",
    "counter",
    "Requests refused as malformed or too slow.",
    value((c) => c.requestErrors),
  ],
  ...H2,
];

const FORWARDED: readonly Column<Counts>[] = [
  ...TRAFFIC,
  [
    "connection_errors_total",
    "counter",
    "Connections that could not be made.",
    value((c) => c.connectErrors),
  ],
  ["response_errors_total", "counter", "Answers that failed.", value((c) => c.responseErrors)],
  ["retry_warnings_total", "counter", "Requests tried again.", value((c) => c.retries)],
  [
    "client_aborts_total",
    "counter",
    "Exchanges the client ended early.",
    value((c) => c.clientAborts),
  ],
  ["server_aborts_total", "counter", "Answers the server cut short.", value((c) => c.serverAborts)],
  [
    "loadbalanced_total",
    "counter",
    "Requests given to a server by the algorithm.",
    value((c) => c.loadBalanced),
  ],
  ["connection_attempts_total", "counter", "Connections opened.", value((c) => c.connects)],
  [
    "connection_reuses_total",
    "counter",
    "Requests sent on a kept connection.",
    value((c) => c.reuses),
  ],
  [
    "queue_time_average_seconds",
    "gauge",
    "Time in the queue, average.",
    value((c) => c.averages.queue),
  ],
  [
    "connect_time_average_seconds",
    "gauge",
    "Time to connect, average.",
    value((c) => c.averages.connect),
  ],
  [
    "response_time_average_seconds",
    "gauge",
    "Time to the answer's head, average.",
    value((c) => c.averages.response),
  ],
  [
    "total_time_average_seconds",
    "gauge",
    "Time of the whole exchange, average.",
    value((c) => c.averages.total),
  ],
];

const BACKEND: readonly Column<Status["backends"][number]>[] = [
  ...FORWARDED,
  ["current_queue", "gauge", "Requests that wait for a server.", value((b) => b.queued)],
  ["active_servers", "gauge", "Active servers that are up.", value((b) => b.activeServers)],
  ["backup_servers", "gauge", "Backup servers that are up.", value((b) => b.backupServers)],
  [
    "status",
    "gauge",
    "1 for the current state of the backend.",
    (b, labels) => {
      const up = b.activeServers + b.backupServers > 0;
      return [
        [{ ...labels, state: "UP" }, up ? 1 : 0],
        [{ ...labels, state: "DOWN" }, up ? 0 : 1],
      ];
    },
  ],
];

/** HAProxy's name for each state of a server. */
const STATE_NAMES = { up: "UP", down: "DOWN", draining: "DRAIN", maint: "MAINT" } as const;

const SERVER: readonly Column<ServerStatus>[] = [
  ...FORWARDED,
  [
    "status",
    "gauge",
    "1 for the current state of the server.",
    (s, labels) =>
      Object.entries(STATE_NAMES).map(([state, name]) => [
        { ...labels, state: name },
        s.state === state ? 1 : 0,
      ]),
  ],
  [
    "current_queue",
    "gauge",
    "Requests that wait for this server and no other.",
    value((s) => s.queued),
  ],
  ["weight", "gauge", "Effective weight.", value((s) => s.weight)],
  ["uweight", "gauge", "Weight as configured.", value((s) => s.userWeight)],
  ["idle_connections_current", "gauge", "Kept connections.", value((s) => s.idle)],
  [
    "used_connections_current",
    "gauge",
    "Requests in flight, all threads.",
    value((s) => s.inFlight),
  ],
  [
    "h2_open_connections",
    "gauge",
    "HTTP/2: connections open now.",
    value((s) => s.h2.openConnections),
  ],
  [
    "h2_total_connections",
    "counter",
    "HTTP/2: connections opened.",
    value((s) => s.h2.totalConnections),
  ],
  ["check_code", "gauge", "Status the last check got.", value((s) => s.check.code)],
  [
    "check_duration_seconds",
    "gauge",
    "Time the last check took.",
    value((s) => s.check.durationSeconds),
  ],
  ["check_failures_total", "counter", "Checks failed while up.", value((s) => s.check.failures)],
  ["check_up_down_total", "counter", "Changes from up to down.", value((s) => s.check.downs)],
  [
    "check_last_change_seconds",
    "gauge",
    "Seconds since the last change of state.",
    value((s) => s.check.changedSecondsAgo),
  ],
  [
    "downtime_seconds_total",
    "counter",
    "Seconds spent down.",
    value((s) => s.check.downtimeSeconds),
  ],
];

/** Registers every metric; `status` is called once per scrape. */
export function registerMetrics(registry: Registry, status: () => Status): void {
  const define = <T>(
    scope: string,
    labels: readonly string[],
    columns: readonly Column<T>[],
    items: (status: Status) => readonly (readonly [Labels, T])[],
  ): void => {
    const definitions = columns.map(([suffix, type, help]) => ({
      name: `haproxy_${scope}_${suffix}`,
      help,
      type,
      labels: [...labels, ...(EXTRA_LABELS[suffix] ?? [])],
    }));
    defineSnapshotMetrics(registry, definitions, () => {
      const rows = items(status());
      return Object.fromEntries(
        columns.map(([suffix, , , read]) => [
          `haproxy_${scope}_${suffix}`,
          rows.flatMap(([labelled, item]) => read(item, labelled)),
        ]),
      );
    });
  };
  define("frontend", ["proxy"], FRONTEND, (s) =>
    s.frontends.map((frontend) => [{ proxy: frontend.name }, frontend]),
  );
  define("backend", ["proxy"], BACKEND, (s) =>
    s.backends.map((backend) => [{ proxy: backend.name }, backend]),
  );
  const own = [
    {
      name: "tandem_backend_picks_total",
      help: "Choices of a server, by algorithm and reason.",
      type: "counter" as const,
      labels: ["proxy", "algorithm", "reason"],
    },
    {
      name: "tandem_reloads_total",
      help: "Reloads of the configuration, by outcome.",
      type: "counter" as const,
      labels: ["outcome"],
    },
    {
      name: "tandem_server_degraded",
      help: "1 while a server is up but reports that it cannot do all of its work.",
      type: "gauge" as const,
      labels: ["proxy", "server"],
    },
    {
      name: "tandem_chain_state",
      help: "1 for the current state of a link in the chain of a backend (see /api/v1/status).",
      type: "gauge" as const,
      labels: ["proxy", "link", "state"],
    },
    {
      name: "tandem_frontend_refused_connections_total",
      help: "Connections that were refused, by reason.",
      type: "counter" as const,
      labels: ["proxy", "reason"],
    },
    {
      name: "tandem_frontend_requests_by_version_total",
      help: "Requests by the version of HTTP that the client speaks.",
      type: "counter" as const,
      labels: ["proxy", "version"],
    },
    {
      name: "tandem_frontend_h2_sessions_ended_total",
      help: "HTTP/2 sessions that have ended, by reason.",
      type: "counter" as const,
      labels: ["proxy", "reason"],
    },
    {
      name: "tandem_certificate_expires_in_seconds",
      help: "Seconds until the end of a certificate in use; negative when it has expired.",
      type: "gauge" as const,
      labels: ["file"],
    },
    {
      name: "tandem_crl_expires_in_seconds",
      help: "Seconds until the end of a list of revoked certificates in use; negative when it has ended.",
      type: "gauge" as const,
      labels: ["file"],
    },
  ];
  defineSnapshotMetrics(registry, own, () => {
    const { frontends, backends, reloads, certificates, revocationLists } = status();
    return {
      tandem_backend_picks_total: backends.flatMap(({ name: proxy, algorithm, reasons }) =>
        Object.entries(reasons).map(
          ([reason, times]) => [{ proxy, algorithm, reason }, times] as const,
        ),
      ),
      tandem_reloads_total: [
        [{ outcome: "done" }, reloads.done],
        [{ outcome: "refused" }, reloads.refused],
      ],
      tandem_server_degraded: backends.flatMap(({ name: proxy, servers }) =>
        servers.map(({ name: server, degraded }) => [{ proxy, server }, degraded ? 1 : 0] as const),
      ),
      tandem_chain_state: backends.flatMap(({ name: proxy, chain }) =>
        chain.flatMap(({ name: link, state: now }) =>
          LINK_STATES.map((state) => [{ proxy, link, state }, state === now ? 1 : 0] as const),
        ),
      ),
      tandem_frontend_refused_connections_total: frontends.flatMap(({ name: proxy, refused }) =>
        Object.entries(refused).map(([reason, times]) => [{ proxy, reason }, times] as const),
      ),
      tandem_frontend_requests_by_version_total: frontends.flatMap(
        ({ name: proxy, requests, h2 }) => [
          [{ proxy, version: "1" }, requests - h2.requests] as const,
          [{ proxy, version: "2" }, h2.requests] as const,
        ],
      ),
      tandem_frontend_h2_sessions_ended_total: frontends.flatMap(({ name: proxy, h2 }) =>
        Object.entries(h2.ended).map(([reason, times]) => [{ proxy, reason }, times] as const),
      ),
      tandem_certificate_expires_in_seconds: certificates
        .filter(({ validity }) => validity !== "unreadable")
        .map(({ file, secondsLeft }) => [{ file }, secondsLeft] as const),
      tandem_crl_expires_in_seconds: revocationLists
        .filter(({ notAfter }) => notAfter !== "")
        .map(({ file, secondsLeft }) => [{ file }, secondsLeft] as const),
    };
  });
  define("server", ["proxy", "server"], SERVER, (s) =>
    s.backends.flatMap((backend) =>
      backend.servers.map(
        (server) => [{ proxy: backend.name, server: server.name }, server] as const,
      ),
    ),
  );
}

const EXTRA_LABELS: Readonly<Record<string, readonly string[]>> = {
  http_responses_total: ["code"],
  h2_rst_stream_rcvd: ["code"],
  h2_rst_stream_resp: ["code"],
  status: ["state"],
};
