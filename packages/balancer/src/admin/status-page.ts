// Makes the status page. The page needs no other file, and keeps itself up to date. Every state is written as a word,
// and its colour only repeats that word.
import { CLIENT_FAULTS } from "@tandem/http/session";
import { certificateTable } from "./certificate-table.ts";
import { type Cell, count, duration, escaped, table } from "./page-parts.ts";
import type { Problem } from "./problem.ts";
import { SELF_REFRESH } from "./self-refresh.ts";
import type {
  BackendStatus,
  Counts,
  FrontendStatus,
  ReloadCounts,
  ServerStatus,
  Status,
} from "./status.ts";

const STYLE = `
:root{color-scheme:light dark;--line:#8883;--up:#1a7f37;--down:#c62828;--other:#9a6700}
@media(prefers-color-scheme:dark){:root{--up:#4ac26b;--down:#ff7b72;--other:#d4a72c}}
body{font:15px/1.45 system-ui,sans-serif;margin:0 auto;max-width:76rem;padding:1.2rem}
h1{font-size:1.35rem;margin:0}h2{font-size:1.05rem;margin:1.6rem 0 .4rem}
p{margin:.25rem 0;opacity:.8}h2 small{font-weight:400}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:right;padding:.35rem .6rem;border-bottom:1px solid var(--line);white-space:nowrap}
th{font-weight:600;font-size:.85rem}th:first-child,td:first-child{text-align:left}
td.why{white-space:normal;font-size:.85rem}
.up,.healthy{color:var(--up);font-weight:600}.down{color:var(--down);font-weight:600}
.stale .up,.stale .healthy{color:inherit}
.chain{display:flex;flex-wrap:wrap;gap:.2rem .6rem;list-style:none;padding:0;margin:.4rem 0}
.chain li+li::before{content:"→ ";opacity:.6}
.draining,.maint,.degraded,.unknown,.unchecked{color:var(--other);font-weight:600}
@media(max-width:60rem){
table,tbody{display:block}thead{display:none}
tr{display:grid;grid-template-columns:repeat(auto-fill,minmax(6.5rem,1fr));border:1px solid var(--line);border-radius:.5rem;padding:.4rem;margin:.5rem 0}
td,td:first-child{border:0;text-align:left;padding:.3rem .4rem}
td::before{content:attr(data-head);display:block;font-size:.75rem;opacity:.7}
td:first-child,td.why{grid-column:1/-1;white-space:normal;overflow-wrap:anywhere}td:first-child::before{display:none}}`;

const milliseconds = (seconds: number): string => `${(seconds * 1000).toFixed(1)} ms`;

function bytes(n: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = n < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(n) / 10));
  return `${(n / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power]}`;
}

function traffic(c: Counts): Cell[] {
  const { responses: r } = c;
  return [
    count(c.requests),
    count(r["2xx"]),
    count(r["3xx"]),
    count(r["4xx"]),
    count(r["5xx"]),
    bytes(c.bytesOut),
  ];
}

const TRAFFIC_HEADS = ["Requests", "2xx", "3xx", "4xx", "5xx", "Out"];

function serverRow(server: ServerStatus): Cell[] {
  const { check, state } = server;
  const limit = server.maxConnections === 0 ? "" : ` / ${count(server.maxConnections)}`;
  const waiting = server.queued === 0 ? "" : `<br><small>${count(server.queued)} waiting</small>`;
  const code = check.code === 0 ? "" : `/${check.code}`;
  const why = check.why === "" ? "" : `<br>${escaped(check.why)}`;
  const [word, kind] =
    state === "up" && !check.checked
      ? ["NO CHECK", "unchecked"]
      : [
          `${state.toUpperCase()}${server.degraded ? ", degraded" : ""}`,
          server.degraded ? "degraded" : state,
        ];
  return [
    `<b>${escaped(server.name)}</b>${server.backup ? " (backup)" : ""}<br><small>${escaped(server.address)}</small>`,
    `<span class="${kind}">${word}</span><br><small>for ${duration(check.changedSecondsAgo)}</small>`,
    server.weight === server.userWeight
      ? String(server.weight)
      : `${server.weight}<br><small>of ${server.userWeight}</small>`,
    `${count(server.inFlight)}${limit}${waiting}`,
    ...traffic(server),
    count(server.connectErrors + server.responseErrors),
    count(server.retries),
    milliseconds(server.averages.response),
    [
      check.status === "UNK"
        ? escaped(check.why) || "none"
        : `${check.status}${code} in ${milliseconds(check.durationSeconds)}${why}`,
      "why",
    ],
  ];
}

const SERVER_HEADS = [
  "Server",
  "State",
  "Weight",
  "In flight",
  ...TRAFFIC_HEADS,
  "Errors",
  "Retries",
  "Response",
  "Last check",
];

/**
 * Writes how often each reason decided which server gets a request, in per cent of all choices. Reasons that did not
 * occur are left out.
 */
function chosen({ reasons, panic }: BackendStatus): string {
  const all = Object.entries(reasons).filter(([, times]) => times > 0);
  const total = all.reduce((sum, [, times]) => sum + times, 0);
  const shares = all.map(([why, times]) => `${why} ${((100 * times) / total).toFixed(1)} %`);
  const ignored = panic ? `<b class="degraded">PANIC: health is ignored.</b> ` : "";
  return `${ignored}Chosen as: ${shares.length === 0 ? "nothing yet" : shares.join(" · ")}`;
}

/** Writes how many connections were refused for each reason. Reasons that did not occur are left out. */
function refusals({ refused }: FrontendStatus): string {
  const occurred = Object.entries(refused).filter(([, times]) => times > 0);
  return occurred.map(([why, times]) => `<br><small>${count(times)} ${why}</small>`).join("");
}

/** Writes which part passes bytes on; most parts speak HTTP, and nothing is written for these. */
function mode({ mode }: FrontendStatus | BackendStatus): string {
  return mode === "tcp" ? ", TCP" : "";
}

/** Writes how many connections and streams of HTTP/2 a frontend has open; nothing when it never had one. */
function http2({ h2 }: FrontendStatus): string {
  if (h2.totalConnections === 0) return "";
  const { openConnections, openStreams } = h2;
  return `<br><small>${count(openConnections)} HTTP/2, ${count(openStreams)} streams</small>`;
}

/** Writes how many sessions of HTTP/2 ended by a fault or flood of the client. */
function floods({ h2 }: FrontendStatus): string {
  const occurred = CLIENT_FAULTS.filter((why) => h2.ended[why] > 0);
  return occurred
    .map((why) => `<br><small>${count(h2.ended[why])} HTTP/2: ${why}</small>`)
    .join("");
}

/**
 * Writes how many reloads succeeded and how many were refused, and why the last reload was refused.
 */
function reloads({ done, refused, refusal }: ReloadCounts): string {
  if (done + refused === 0) return "";
  const failed =
    refusal === ""
      ? ""
      : `<br><b class="down">The last reload was refused:</b> ${escaped(refusal)}`;
  return ` · ${done} reloads${refused === 0 ? "" : `, ${refused} refused`}${failed}`;
}

/** Writes the parts that a request to this backend passes through, with the state and the problems of each part. */
function way(status: Status, { name, chain }: BackendStatus): string {
  const links = [{ name: "balancer", state: status.draining ? "draining" : "up" }, ...chain];
  const items = links.map(
    ({ name: link, state }) =>
      `<li>${escaped(link)} <span class="${state}">${state.toUpperCase()}</span></li>`,
  );
  const ailing = status.problems.filter(({ backend }) => backend === name);
  return `<ol class="chain">${items.join("")}</ol>${problems(status, ailing)}`;
}

function problems({ at }: Status, ailing: readonly Problem[]): string {
  const lines = ailing.map(({ name, state, since, why }) => {
    const seconds = Math.round((Date.parse(at) - Date.parse(since)) / 1000);
    const age = since === "" ? "" : ` for ${duration(Math.max(0, seconds))}`;
    return `<p><b>${escaped(name)}</b> is <span class="${state}">${state}</span>${age}: ${escaped(why)}</p>`;
  });
  return lines.join("");
}

export function statusPage(status: Status): string {
  const frontends = table(
    ["Frontend", "Connections", ...TRAFFIC_HEADS, "Refused"],
    status.frontends.map((frontend) => [
      `<b>${escaped(frontend.name)}</b> <small>${escaped(frontend.bind)}${mode(frontend)}</small>`,
      `${count(frontend.current)}${http2(frontend)}`,
      ...traffic(frontend),
      `${count(frontend.requestErrors)}${refusals(frontend)}${floods(frontend)}`,
    ]),
  );
  const shut = status.problems.filter(({ frontend }) => frontend !== "");
  const backends = status.backends.map(
    (backend) =>
      `<h2>Backend ${escaped(backend.name)} <small>${escaped(backend.algorithm)}${mode(backend)}, ${count(backend.queued)} in the queue</small></h2>` +
      `${way(status, backend)}<p>${chosen(backend)}</p>` +
      table(SERVER_HEADS, backend.servers.map(serverRow)),
  );
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">` +
    `${SELF_REFRESH}<title>Tandem: ${status.health}</title><style>${STYLE}</style></head><body>` +
    `<h1>Tandem balancer on ${escaped(status.box)}: <span id="verdict" class="${status.health}">${status.health}</span></h1>` +
    `<p>Up for ${duration(status.uptimeSeconds)} · process ${status.pid} · ${status.threads.count} data threads` +
    `${status.threads.deaths === 0 ? "" : `, ${status.threads.deaths} replaced`} · ` +
    `same data: /api/v1/status (JSON), /metrics (Prometheus)${reloads(status.reloads)}</p>` +
    `<h2>Frontends</h2>${problems(status, shut)}${frontends}${backends.join("")}${certificateTable(status.certificates, status.revocationLists)}</body></html>\n`
  );
}
