// Describes what was read of a log, and what the replay makes of it.
import { palette } from "@tandem/telemetry/colors";
import { plain, withUnit } from "../figures/numbers.ts";
import type { Demands } from "../replay/demands.ts";
import type { LogContent } from "../replay/read-log.ts";
import type { ReplayServer } from "../replay/server-values.ts";
import type { Strays } from "../replay/strays.ts";
import type { Trace } from "../scenarios/s17-trace.ts";

const counted = (value: number, noun: string) => `${value} ${noun}${value === 1 ? "" : "s"}`;
const count = (value: number) => value.toLocaleString("en-US");

/** Names the servers, as many as fit into two lines. */
function serversText(each: readonly ReplayServer[]): string {
  const most = 8;
  const named = each
    .slice(0, most)
    .map(({ name, speed, weight }) => `${name}: speed ${speed}, weight ${weight}`);
  return named.join("; ") + (each.length > most ? `; and ${each.length - most} more` : "");
}

function straysText({ count: left, firstMs, lastMs }: Strays): string {
  const [first, last] = [firstMs, lastMs].map((ms) => new Date(ms).toISOString().slice(0, 10));
  return (
    `${counted(left, "request")} left out: far from the others in time ` +
    (first === last ? `(${first})` : `(${first} to ${last})`)
  );
}

export function describeLog(
  file: string,
  log: LogContent,
  trace: Trace,
  each: readonly ReplayServer[],
  { demandsMs, workers, bias }: Demands,
  damage: string | undefined,
): string {
  const { bold, dim, yellow } = palette();
  const seconds = (trace.timesMs.at(-1) ?? 0) / 1000 || 1;
  const capacity = each.reduce((sum, { speed }) => sum + speed, 0);
  const mean = demandsMs.reduce((sum, demand) => sum + demand, 0) / demandsMs.length;
  const load = ((trace.timesMs.length / seconds) * mean) / 1000 / (capacity * workers);
  const lines = [
    `${bold(file)}: ${log.format.name}, ${count(log.requests.length)} requests in ${plain(seconds)} s, ${plain(log.requests.length / seconds)}/s`,
  ];
  if (log.cut) lines.push(yellow("only the first of them were read; --limit reads more"));
  if (damage !== undefined)
    lines.push(yellow(`the archive is damaged (${damage}): only what stands before that was read`));
  if (log.strays !== undefined) lines.push(yellow(straysText(log.strays)));
  if (log.local > 0) lines.push(`${count(log.local)} lines left out: no server answered them`);
  if (log.unreadable > 0)
    lines.push(
      yellow(`${count(log.unreadable)} of ${count(log.lines)} lines could not be read:`),
      ...log.examples.map(({ line, text }) => dim(`  line ${line}: ${text}`)),
    );
  const latencies = log.requests.map(({ totalMs }) => totalMs).sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(share * (latencies.length - 1))] ?? Number.NaN;
  if (log.format.timed)
    lines.push(`in the log      p50 ${withUnit(at(0.5), "ms")}, p99 ${withUnit(at(0.99), "ms")}`);
  lines.push(
    `in the replay   ${counted(each.length, "server")} of ${counted(workers, "worker")}, mean work ${withUnit(mean, "ms")}: load ${plain(load)} at speed 1`,
    dim(`estimate        ${bias}`),
  );
  if (each.some(({ speed, weight }) => speed !== 1 || weight !== 1))
    lines.push(dim(`the servers     ${serversText(each)}`));
  if (!log.format.exact)
    lines.push(dim("arrivals        known to the second; spread at random within it"));
  return lines.join("\n");
}
