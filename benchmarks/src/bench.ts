#!/usr/bin/env node
// npm run bench: starts the peers and the load, one after the other, and prints the cost of each peer.
import { writeFile } from "node:fs/promises";
import { footprint } from "./footprint/footprint.ts";
import { install } from "./install.ts";
import type { Generator } from "./load/generator.ts";
import { GENERATORS } from "./load/generators.ts";
import { describeMachine } from "./machine.ts";
import { type Options, parseOptions } from "./options.ts";
import { lackOf } from "./peers/demands.ts";
import type { Peer } from "./peers/peer.ts";
import { PEERS } from "./peers/peers.ts";
import { runMain } from "./process/run-main.ts";
import { progress, progressEnd } from "./report/progress.ts";
import { oursFailed, type Report, toJson } from "./report/report.ts";
import { table } from "./report/table.ts";
import { checkOut } from "./revision.ts";
import { type Bench, setUpBench } from "./run/bench-setup.ts";
import { obstacle, planFor } from "./run/plan.ts";
import { peersFor, runWorkload, type WorkloadReport } from "./run/run-workload.ts";
import type { Workload } from "./workloads/workload.ts";
import { WORKLOADS } from "./workloads/workloads.ts";

function chosenWorkloads(options: Options): readonly Workload[] {
  const named = WORKLOADS.filter(({ name }) => options.workload?.includes(name) ?? true);
  return options.quick && options.workload === undefined
    ? named.filter(({ quick }) => quick !== undefined)
    : named;
}

function chosenPeers(options: Options): readonly Peer[] {
  return PEERS.filter(({ name }) => options.peer?.includes(name) ?? true).filter((peer) => {
    const why = peer.missing();
    if (why !== undefined) console.log(`Without ${peer.name}: ${why}.`);
    return why === undefined;
  });
}

function chosenGenerator(options: Options): Generator {
  const generator = GENERATORS.find(({ name }) => name === options.generator);
  const why = generator === undefined ? "there is no such generator" : generator.missing();
  if (generator === undefined || why !== undefined) throw new Error(why);
  return generator;
}

/** Prints which peers are left out of `workload`, and what they lack. */
function sayWithout(workload: Workload, peers: readonly Peer[]): void {
  const without = Map.groupBy(peers, ({ abilities }) => lackOf(workload, abilities));
  for (const [lack, those] of without) {
    if (lack === undefined) continue;
    const names = those.map(({ name }) => name).join(", ");
    console.log(`${workload.name}: without ${names}: ${lack}.`);
  }
}

/**
 * Returns `workload`, with fewer connections if the limit of open files requires that. Each
 * connection counts twice, because the peer tcp-splice needs two sockets for a connection.
 */
function affordable(workload: Workload, { descriptors }: Bench): Workload {
  const most = Math.floor((descriptors.limit - 200) / 2);
  if (workload.connections <= most) return workload;
  console.log(
    `${workload.name}: only ${most} connections, as ${descriptors.limit} files may be open.`,
  );
  return { ...workload, connections: most };
}

async function measure(options: Options, peers: readonly Peer[]): Promise<Report> {
  const generator = chosenGenerator(options);
  await using bench = await setUpBench();
  const machine = describeMachine({
    pinning: bench.affinity.description,
    mode: options.mode,
  });
  const workloads: WorkloadReport[] = [];
  for (const workload of chosenWorkloads(options)) {
    sayWithout(workload, peers);
    if (peersFor(workload, peers).length === 0) {
      console.log(`${workload.name}: none of the peers asked for can do it.`);
      continue;
    }
    const plan = planFor(workload, options, generator);
    const why = obstacle(workload, plan);
    if (why !== undefined) {
      console.log(`${workload.name}: ${why}.`);
      continue;
    }
    workloads.push(await runWorkload(affordable(workload, bench), peers, plan, bench, progress));
  }
  progressEnd();
  if (workloads.length === 0) throw new Error("Nothing was measured: see --workload and --peer.");
  return { machine, workloads };
}

async function main(): Promise<number> {
  const options = parseOptions(
    process.argv.slice(2),
    PEERS.map(({ name }) => name),
  );
  if (options.install) return install();
  if (process.platform !== "linux")
    throw new Error("The benchmark reads CPU time and memory from /proc: it runs on Linux only.");
  if (options.footprint) return footprint({ times: options.rounds ?? 5, json: options.json });
  const peers = [...chosenPeers(options)];
  await using stack = new AsyncDisposableStack();
  if (options.compare !== undefined) {
    console.log(`Setting up ${options.compare} ...`);
    const revision = stack.use(checkOut(options.compare));
    peers.splice(1, 0, revision.peer);
  }
  const report = await measure(options, peers);
  console.log(table(report).join("\n"));
  if (options.json !== undefined)
    await writeFile(options.json, `${JSON.stringify(toJson(report), undefined, 2)}\n`);
  if (options.html !== undefined) {
    // The library for plots is loaded only for an HTML report, because loading it takes longer than a round.
    const { toHtml } = await import("./report/html.ts");
    await writeFile(options.html, toHtml(report));
  }
  return oursFailed(report) ? 1 : 0;
}

await runMain(() => main().finally(progressEnd));
