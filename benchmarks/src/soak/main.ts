// npm run soak: does the balancer survive hostile and unusual traffic, and does it free all resources afterwards?
import { Command, Option } from "commander";
import { positive, wholePositive } from "../arguments.ts";
import { PEERS } from "../peers/peers.ts";
import { enterOwnNetwork } from "../process/own-network.ts";
import { runMain } from "../process/run-main.ts";
import { mebibytes } from "../report/format.ts";
import { progress, progressEnd, progressSeldom } from "../report/progress.ts";
import { addChanges } from "./changes-command.ts";
import { type CrowdReport, crowd } from "./crowd.ts";
import { addEarlyAnswers } from "./early-answers-command.ts";
import { addOutages } from "./outages-command.ts";
import { addRestarts } from "./restarts-command.ts";
import { slowReader } from "./slow-reader.ts";
import { soak } from "./soak.ts";
import { addTlsBoth } from "./tls-both-command.ts";

interface CrowdArguments {
  readonly slow: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly rate: number;
  readonly peer: string;
  readonly here?: true;
  readonly json?: true;
}

const verdict = ({ failures }: { readonly failures: readonly string[] }): string =>
  failures.length === 0 ? "passed" : `FAILED: ${failures.join("; ")}`;

function crowdWords(report: CrowdReport): string {
  const { peer, alone, crowded, ratio, slowConnections, heldBack, thrownOut } = report;
  const latencies = Object.entries({ alone, crowded }).map(
    ([name, { requests, errors, p50Ms, p99Ms }]) =>
      `${name.padEnd(8)} ${requests} answered, ${errors} failed, p50 ${p50Ms.toFixed(2)} ms, p99 ${p99Ms.toFixed(2)} ms`,
  );
  const [median, low, high] = [ratio.median, ratio.low, ratio.high].map((x) => x.toFixed(2));
  return [
    ...latencies,
    `${slowConnections} slow connections at the least, ${heldBack} answers held back by slow readers`,
    `thrown out for being slow: ${thrownOut.heads} heads, ${thrownOut.bodies} bodies, ${thrownOut.readers} readers`,
    `${peer}: p99 × ${median}, ${low} to ${high}`,
    verdict(report),
  ].join("\n");
}

const program = new Command("npm run soak --")
  .description(
    "Exposes the balancer to mixed and hostile traffic on loopback and looks what is left of it.",
  )
  .addHelpText(
    "after",
    "\nExamples:\n  npm run soak -- --minutes 10\n  npm run soak -- crowd --slow 1000\n  npm run soak -- slow-reader\n  npm run soak -- restarts\n  npm run soak -- changes",
  );

program
  .command("mixed", { isDefault: true })
  .description("good, malformed, slow, aborted, cut short and upgraded traffic together")
  .option("--minutes <n>", "how long", positive, 10)
  .option("--visitors <n>", "visitors of each kind at once", wholePositive, 4)
  .option("--threads <n>", "data threads", wholePositive, 2)
  .option("--json", "the whole report, with a sample for every second")
  .action(async (options: { minutes: number; visitors: number; threads: number; json?: true }) => {
    const seconds = Math.round(options.minutes * 60);
    const report = await soak({ ...options, seconds, progress: progressSeldom });
    progressEnd();
    if (options.json) console.log(JSON.stringify(report, undefined, 2));
    else {
      for (const [kind, count] of Object.entries(report.visits))
        console.log(`${kind.padEnd(10)} ${count} visits`);
      console.log(`requests   ${report.requests} in ${report.seconds} s`);
      console.log(`memory     ${mebibytes(report.rssGrowthBytes)} growth after warm-up`);
      const { before, after } = report.descriptors;
      console.log(`descriptors ${before} before, ${after} after`);
      for (const complaint of report.complaints.slice(0, 10)) console.log(`  ${complaint}`);
      console.log(verdict(report));
    }
    process.exitCode = report.failures.length === 0 ? 0 : 1;
  });

program
  .command("crowd")
  .description(
    "normal visitors among many slow ones, for about 7 minutes: p99 must stay below twice its quiet value, and the" +
      " slow must stay and hold answers back. From 24 s a measurement on, slow bodies are thrown out meanwhile too.",
  )
  .option("--slow <n>", "slow heads, slow bodies and slow readers, of each", wholePositive, 1000)
  .option("--rounds <n>", "measurements alone and in the crowd, in turns", wholePositive, 6)
  .option("--seconds <n>", "how long each of them is", positive, 26)
  .option("--rate <n>", "requests per second of the normal visitors", positive, 300)
  .addOption(
    new Option("--peer <name>", "what stands in the crowd")
      .choices(PEERS.filter(({ kind }) => kind === "proxy").map(({ name }) => name))
      .default("tandem"),
  )
  .option("--here", "in the machine's own network instead of one with small socket buffers")
  .option("--json", "the report as JSON")
  .action(async (options: CrowdArguments) => {
    const peer = PEERS.find(({ name }) => name === options.peer);
    const why = peer === undefined ? "there is no such peer" : peer.missing();
    if (peer === undefined || why !== undefined) return program.error(`error: ${why}`);
    if (options.here === undefined) {
      const obstacle = enterOwnNetwork();
      return program.error(
        `error: no network of its own: ${obstacle}. With --here it does without, and the kernel may take` +
          " all of the 8 MiB that a slow reader does not read.",
      );
    }
    const report = await crowd({ ...options, peer, progress });
    progressEnd();
    if (options.json) console.log(JSON.stringify(report, undefined, 2));
    else console.log(crowdWords(report));
    process.exitCode = report.failures.length === 0 ? 0 : 1;
  });

/**
 * How many bytes a slow reader reads between two pauses. The kernel's buffers hold less than that,
 * so the sender has to wait in every pause.
 */
const GULP_BYTES = 32 * 1024 ** 2;
const STALL_MS = 300;
const GROWTH_LIMIT_BYTES = 64 * 1024 ** 2;

program
  .command("slow-reader")
  .description("large bodies both ways, read slowly: memory must not grow with them")
  .option("--gibibytes <n>", "of each of the two main transfers", positive, 1)
  .option("--json", "the report as JSON")
  .action(async (options: { gibibytes: number; json?: true }) => {
    const report = await slowReader({
      bytes: Math.ceil(options.gibibytes * 1024 ** 2) * 1024,
      pace: { gulpBytes: GULP_BYTES, stallMs: STALL_MS },
      growthLimitBytes: GROWTH_LIMIT_BYTES,
      thorough: true,
      progress: progressSeldom,
    });
    progressEnd();
    if (options.json) console.log(JSON.stringify(report, undefined, 2));
    else {
      for (const { way, bytes, seconds, growthBytes } of report.transfers)
        console.log(
          `${way.padEnd(17)} ${mebibytes(bytes).padStart(10)} in ${seconds.toFixed(1).padStart(4)} s, memory + ${mebibytes(growthBytes)}`,
        );
      const { before, after } = report.descriptors;
      console.log(`descriptors ${before} before, ${after} after`);
      console.log(verdict(report));
    }
    process.exitCode = report.failures.length === 0 ? 0 : 1;
  });

addRestarts(program);
addChanges(program);
addOutages(program);
addTlsBoth(program);
addEarlyAnswers(program);

await runMain(async () => {
  await program.parseAsync();
  return Number(process.exitCode ?? 0); // each command sets it
});
