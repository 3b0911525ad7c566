// The tables of the published pages: a summary, and one table per topic.
import type { Topic } from "../case.ts";
import { cell, tally } from "./cells.ts";
import type { Report, ReportedPeer } from "./report.ts";

const TITLES: Readonly<Record<string, string>> = {
  tandem: "Tandem",
  haproxy: "HAProxy",
  caddy: "Caddy",
  undici: "undici",
  "node-http2": "node:http2",
  fastify: "@fastify/http-proxy",
};

const titleOf = ({ name }: ReportedPeer) => TITLES[name] ?? name;

/** Returns a table of how many cases have each mark, a row per peer. */
export function summaryTable({ peers }: Report): string {
  const rows = peers.map((peer) => {
    const { same, "as-safe": asSafe, other, "not-run": notRun } = tally(peer.results.values());
    return `| ${titleOf(peer)} ${peer.version} | ${same} | ${asSafe} | ${other} | ${notRun} |`;
  });
  return [
    "| | ✓ as our rule | ≈ refused in another way | ✗ differs | – not run |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

/** Returns the section of one topic. */
export function topicTable({ title, cases }: Topic, peers: readonly ReportedPeer[]): string {
  const header = ["case", "source", "our rule", ...peers.map(titleOf)];
  const rows = cases.map(({ id, title: what, source, rule }) => [
    what,
    source,
    rule,
    ...peers.map(({ results }) => cell(results.get(id))),
  ]);
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(" | ")} |`;
  return [`## ${title}`, "", line(header), line(header.map(() => "---")), ...rows.map(line)].join(
    "\n",
  );
}

function escaped(text: string): string {
  return text.replaceAll("|", "\\|");
}
