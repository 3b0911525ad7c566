// Writes the report of one proxy for the terminal.
import type { AbuseReport, FloodReport } from "./abuse.ts";
import type { NormalResult } from "./normal.ts";

interface Column {
  readonly head: string;
  readonly width: number;
  readonly cell: (report: FloodReport) => string;
}

const ms = (value: number): string => value.toFixed(value < 10 ? 1 : 0);
const change = (quiet: NormalResult, attacked: NormalResult): string =>
  `${ms(quiet.p50Ms)}/${ms(quiet.p99Ms)} > ${ms(attacked.p50Ms)}/${ms(attacked.p99Ms)}`;
const errors = ({ errors: counted }: NormalResult): number =>
  Object.values(counted).reduce((sum, times) => sum + times, 0);

const COLUMNS: readonly Column[] = [
  { head: "ended", width: 7, cell: ({ attack }) => String(attack.ended) },
  { head: "frames", width: 9, cell: ({ attack }) => String(attack.inputs) },
  {
    head: "CPU",
    width: 11,
    cell: ({ quiet, attacked }) =>
      `${(100 * quiet.cpu).toFixed(0)} > ${(100 * attacked.cpu).toFixed(0)} %`,
  },
  {
    head: "h1 p50/p99 ms",
    width: 22,
    cell: ({ quiet, attacked }) => change(quiet.h1, attacked.h1),
  },
  {
    head: "h2 p50/p99 ms",
    width: 22,
    cell: ({ quiet, attacked }) => change(quiet.h2, attacked.h2),
  },
  {
    head: "errors",
    width: 8,
    cell: ({ attacked }) => String(errors(attacked.h1) + errors(attacked.h2)),
  },
  {
    head: "memory",
    width: 10,
    cell: ({ rssGrowthBytes }) => `${(rssGrowthBytes / 2 ** 20).toFixed(1)} MiB`,
  },
];

const NAME = 19;

/** Returns the report, line by line. */
export function abuseTable({
  proxy,
  seconds,
  connections,
  floods,
}: AbuseReport): readonly string[] {
  return [
    `${proxy}: ${connections} hostile connections, ${seconds} s quiet, then ${seconds} s under attack`,
    `${"flood".padEnd(NAME)}${COLUMNS.map(({ head, width }) => head.padStart(width)).join("")}`,
    ...floods.flatMap((report) => [
      `${report.flood.padEnd(NAME)}${COLUMNS.map(({ cell, width }) => cell(report).padStart(width)).join("")}`,
      ...report.failures.map((why) => `  FAILED: ${why}`),
    ]),
    "",
    "ended: sessions that the proxy ended. CPU: of the proxy, in per cent of a core. p50/p99: what a normal",
    "client waits for an answer, quiet > under attack. memory: growth of the proxy's resident memory.",
    "",
  ];
}
