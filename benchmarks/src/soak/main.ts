// npm run soak: does the balancer survive what comes at it, and is nothing left of it afterwards?
import { Command, InvalidArgumentError } from "commander";
import { crowd } from "./crowd.ts";
import { slowReader } from "./slow-reader.ts";
import { soak } from "./soak.ts";

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("expected a number above 0");
  return value;
}

/** One line that is written over on a terminal, and left out where nobody looks. */
const progress = (words: string): void =>
  void (process.stderr.isTTY && process.stderr.write(`\r\u001b[K${words}`));
const clear = (): void => progress("");
const mebibytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;

const program = new Command("npm run soak --")
  .description(
    "Exposes the balancer to mixed and hostile traffic on loopback and looks what is left of it.",
  )
  .addHelpText(
    "before",
    "Examples:\n  npm run soak -- --minutes 10\n  npm run soak -- crowd --slow 1000\n  npm run soak -- slow-reader\n",
  );

program
  .command("mixed", { isDefault: true })
  .description("good, malformed, slow, aborted, cut short and upgraded traffic together")
  .option("--minutes <n>", "how long", positive, 10)
  .option("--visitors <n>", "visitors of each kind at once", positive, 4)
  .option("--threads <n>", "data threads", positive, 2)
  .option("--json", "the whole report, with a sample for every second")
  .action(async (options: { minutes: number; visitors: number; threads: number; json?: true }) => {
    const seconds = Math.round(options.minutes * 60);
    const report = await soak({ ...options, seconds, progress });
    clear();
    if (options.json) console.log(JSON.stringify(report, undefined, 2));
    else {
      for (const [kind, count] of Object.entries(report.visits))
        console.log(`${kind.padEnd(10)} ${count} visits`);
      console.log(`requests   ${report.requests} in ${report.seconds} s`);
      console.log(`memory     ${mebibytes(report.rssGrowthBytes)} growth after warm-up`);
      const { before, after } = report.descriptors;
      console.log(`descriptors ${before} before, ${after} after`);
      for (const complaint of report.complaints.slice(0, 10)) console.log(`  ${complaint}`);
      console.log(
        report.failures.length === 0 ? "passed" : `FAILED: ${report.failures.join("; ")}`,
      );
    }
    process.exitCode = report.failures.length === 0 ? 0 : 1;
  });

program
  .command("crowd")
  .description("normal visitors among many slow ones: p99 must stay below twice its quiet value")
  .option("--slow <n>", "slow heads, slow bodies and slow readers, of each", positive, 1000)
  .option("--seconds <n>", "how long to measure, twice", positive, 20)
  .option("--rate <n>", "requests per second of the normal visitors", positive, 300)
  .option("--json", "the report as JSON")
  .action(async (options: { slow: number; seconds: number; rate: number; json?: true }) => {
    const report = await crowd({ ...options, ratePerSecond: options.rate, progress });
    clear();
    const { quiet, crowded } = report;
    if (options.json) console.log(JSON.stringify(report, undefined, 2));
    else {
      for (const [name, l] of Object.entries({ alone: quiet, crowded })) {
        console.log(
          `${name.padEnd(8)} ${l.requests} answered, ${l.failed} failed, p50 ${l.p50Ms.toFixed(2)} ms, p99 ${l.p99Ms.toFixed(2)} ms`,
        );
      }
      console.log(
        `${report.slowConnections} slow connections at the least; p99 × ${report.ratio.toFixed(2)}`,
      );
    }
    process.exitCode = report.ratio < 2 && crowded.failed === 0 ? 0 : 1;
  });

/** Read between stalls: more than the kernel's buffers hold, so that every stall is felt. */
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
      progress,
    });
    clear();
    if (options.json) console.log(JSON.stringify(report, undefined, 2));
    else {
      for (const { way, bytes, seconds, growthBytes } of report.transfers)
        console.log(
          `${way.padEnd(17)} ${mebibytes(bytes).padStart(10)} in ${seconds.toFixed(1).padStart(4)} s, memory + ${mebibytes(growthBytes)}`,
        );
      const { before, after } = report.descriptors;
      console.log(`descriptors ${before} before, ${after} after`);
      console.log(
        report.failures.length === 0 ? "passed" : `FAILED: ${report.failures.join("; ")}`,
      );
    }
    process.exitCode = report.failures.length === 0 ? 0 : 1;
  });

await program.parseAsync();
