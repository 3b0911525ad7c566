// `npm run conformance`: runs the cases of `cases/` through Tandem and every other proxy that is installed.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command, Option } from "commander";
import { writable } from "../arguments.ts";
import type { Peer } from "../peers/peer.ts";
import { PEERS } from "../peers/peers.ts";
import { enterOwnNetwork } from "../process/own-network.ts";
import { runMain } from "../process/run-main.ts";
import { TOPICS, TOPICS_BY_PROTOCOL } from "./cases/topics.ts";
import { offers } from "./peers/proxy-under-test.ts";
import { cell } from "./report/cells.ts";
import { page } from "./report/page.ts";
import { pageOfHttp2 } from "./report/page-http2.ts";
import { type Report, type ReportedPeer, reportJson, resultsOf } from "./report/report.ts";
import { summary } from "./report/terminal.ts";
import { transcript } from "./report/transcript.ts";
import { runPeer, selectCases } from "./run.ts";

const DOCS = join(import.meta.dirname, "../../../docs");
const PAGES = {
  h1: { file: join(DOCS, "conformance.md"), write: page },
  h2: { file: join(DOCS, "conformance-http2.md"), write: pageOfHttp2 },
} as const;
type Protocol = keyof typeof PAGES;

interface Options {
  readonly peer?: readonly string[];
  readonly case?: string;
  readonly protocol?: Protocol;
  readonly json?: string;
  readonly write?: true;
  readonly here?: true;
}

const options = new Command("npm run conformance --")
  .description("Shows what Tandem and other proxies do with unusual, doubtful and broken messages.")
  .option("--peer <name...>", "only these proxies")
  .option("--case <id>", "only this case, with the bytes of both sides")
  .addOption(
    new Option("--protocol <name>", "only cases whose client speaks HTTP/1.1 or HTTP/2").choices(
      Object.keys(PAGES),
    ),
  )
  .option("--json <file>", "write the results there", writable)
  .option("--write", "write docs/conformance.md and docs/conformance-http2.md")
  .option(
    "--here",
    "in the machine's own network: a stranger's connection to a port counts as forwarded",
  )
  .addHelpText("after", "\nExample:\n  npm run conformance -- --peer tandem haproxy --case cl-te")
  .parse()
  .opts<Options>();

function chosenPeers(): readonly Peer[] {
  const proxies = PEERS.filter(({ kind }) => kind === "proxy");
  const unknown = options.peer?.find((name) => !proxies.some((peer) => peer.name === name));
  if (unknown !== undefined) {
    const names = proxies.map(({ name }) => name).join(", ");
    throw new Error(`no proxy is called ${unknown}. There are: ${names}`);
  }
  return proxies.filter(({ name }) => options.peer?.includes(name) ?? true);
}

async function run(peers: readonly Peer[]): Promise<Report> {
  const { protocol } = options;
  const topics = protocol === undefined ? TOPICS : TOPICS_BY_PROTOCOL[protocol];
  const cases = selectCases(topics, options.case);
  const reported: ReportedPeer[] = [];
  for (const peer of peers) {
    const missing = peer.missing();
    if (missing !== undefined) {
      console.log(`${peer.name}: left out, ${missing}`);
      continue;
    }
    if (!cases.some((which) => offers(peer, which))) {
      console.log(`${peer.name}: left out, it is set up for none of the cases`);
      continue;
    }
    console.log(`${peer.name} ${peer.version()}: ${cases.length} cases`);
    const results = await runPeer(peer, cases, (_peer, which, verdict, observed) => {
      if (verdict.mark !== "same" || options.case !== undefined)
        console.log(`  ${which.id}: ${cell(verdict)}`);
      if (options.case !== undefined && observed !== undefined)
        console.log(transcript(which, observed));
    });
    reported.push({ name: peer.name, version: peer.version(), results });
  }
  const date = new Date().toISOString().slice(0, 10);
  return { date, node: process.versions.node, peers: reported, topics };
}

function writePages(report: Report): void {
  for (const [protocol, { file, write }] of Object.entries(PAGES)) {
    if (options.protocol !== undefined && options.protocol !== protocol) continue;
    const topics = TOPICS_BY_PROTOCOL[protocol as Protocol];
    writeFileSync(file, write(resultsOf(report, topics)));
  }
}

async function main(): Promise<number> {
  if (options.write === true && (options.case !== undefined || options.peer !== undefined))
    throw new Error("--write is for all cases and all proxies: leave out --case and --peer");
  const peers = chosenPeers();
  if (options.here === undefined)
    console.log(`In the machine's own network: ${enterOwnNetwork("usual")}`);
  const report = await run(peers);
  if (options.case === undefined) console.log(`\n${summary(report)}`);
  if (options.json !== undefined) writeFileSync(options.json, reportJson(report));
  if (options.write === true) writePages(report);
  const tandem = report.peers.find(({ name }) => name === "tandem");
  const failed = [...(tandem?.results ?? [])].filter(([, { mark }]) => mark !== "same");
  if (failed.length === 0) return 0;
  console.log(`\nTandem differs from its own rule in ${failed.length} cases:`);
  for (const [id, { word, problem }] of failed) console.log(`  ${id}: ${word}: ${problem}`);
  return 1;
}

await runMain(main, 2);
