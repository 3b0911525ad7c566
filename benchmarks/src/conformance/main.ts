// `npm run conformance`: runs the cases of `cases/` through Tandem and every other proxy that is installed.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { writable } from "../arguments.ts";
import type { Peer } from "../peers/peer.ts";
import { PEERS } from "../peers/peers.ts";
import { enterOwnNetwork } from "../process/own-network.ts";
import { runMain } from "../process/run-main.ts";
import { TOPICS } from "./cases/topics.ts";
import { cell } from "./report/cells.ts";
import { page } from "./report/page.ts";
import { type Report, type ReportedPeer, reportJson } from "./report/report.ts";
import { summary } from "./report/terminal.ts";
import { transcript } from "./report/transcript.ts";
import { runPeer, selectCases } from "./run.ts";

const PAGE = join(import.meta.dirname, "../../../docs/conformance.md");

interface Options {
  readonly peer?: readonly string[];
  readonly case?: string;
  readonly json?: string;
  readonly write?: true;
  readonly here?: true;
}

const options = new Command("npm run conformance --")
  .description("Shows what Tandem and other proxies do with unusual, doubtful and broken messages.")
  .option("--peer <name...>", "only these proxies")
  .option("--case <id>", "only this case, with the bytes of both sides")
  .option("--json <file>", "write the results there", writable)
  .option("--write", "write docs/conformance.md")
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
  const cases = selectCases(TOPICS, options.case);
  const reported: ReportedPeer[] = [];
  for (const peer of peers) {
    const missing = peer.missing();
    if (missing !== undefined) {
      console.log(`${peer.name}: left out, ${missing}`);
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
  return { date, node: process.versions.node, peers: reported, topics: TOPICS };
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
  if (options.write === true) writeFileSync(PAGE, page(report));
  const tandem = report.peers.find(({ name }) => name === "tandem");
  const failed = [...(tandem?.results ?? [])].filter(([, { mark }]) => mark !== "same");
  if (failed.length === 0) return 0;
  console.log(`\nTandem differs from its own rule in ${failed.length} cases:`);
  for (const [id, { word, problem }] of failed) console.log(`  ${id}: ${word}: ${problem}`);
  return 1;
}

await runMain(main, 2);
