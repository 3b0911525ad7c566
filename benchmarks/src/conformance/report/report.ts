// A run of the cases as data: `--json` writes this report, and docs/conformance.md is made from it.
import type { Topic } from "../case.ts";
import type { Results } from "../run.ts";
import type { Verdict } from "../verdict.ts";

export interface ReportedPeer {
  readonly name: string;
  readonly version: string;
  readonly results: Results;
}

export interface Report {
  /** The date of the run in ISO 8601, to the day. */
  readonly date: string;
  readonly node: string;
  readonly peers: readonly ReportedPeer[];
  readonly topics: readonly Topic[];
}

/**
 * Returns the part of a report that is about some topics. A peer that is set up for none of their cases is left out.
 */
export function resultsOf(report: Report, topics: readonly Topic[]): Report {
  const ids = new Set(topics.flatMap(({ cases }) => cases.map(({ id }) => id)));
  const peers = report.peers.map((peer) => ({
    ...peer,
    results: new Map([...peer.results].filter(([id]) => ids.has(id))),
  }));
  const ran = peers.filter(({ results }) =>
    [...results.values()].some(({ mark }) => mark !== "not-run"),
  );
  return { ...report, topics, peers: ran };
}

/** Returns the report as JSON text: for each case its id, title, source and rule, and the verdict on each peer. */
export function reportJson({ date, node, peers, topics }: Report): string {
  const cases = topics.flatMap((topic) =>
    topic.cases.map(({ id, title, source, rule }) => ({
      topic: topic.name,
      id,
      title,
      source,
      rule,
      results: verdictsOf(peers, id),
    })),
  );
  const versions = peers.map(({ name, version }) => ({ name, version }));
  return `${JSON.stringify({ date, node, peers: versions, cases }, undefined, 2)}\n`;
}

function verdictsOf(peers: readonly ReportedPeer[], id: string): Record<string, Verdict> {
  return Object.fromEntries(
    peers.flatMap(({ name, results }) => {
      const verdict = results.get(id);
      return verdict === undefined ? [] : [[name, verdict] as const];
    }),
  );
}
