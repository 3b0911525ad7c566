// npm run fuzz: searches, for a given time, for bytes on which the HTTP codec disagrees with itself
// or with node:http, throws, or stores more than its limits allow. Exits with status 1 when it
// finds such bytes.
import { parseArgs } from "node:util";
import { campaign } from "./campaign.ts";

const HELP = `npm run fuzz -- [--minutes N] [--seed N]

Mutates the wire vectors and feeds them to the sessions of client and server. A finding is printed with
its seed and the bytes, made small and escaped, ready to become a vector.

  --minutes N  how long (default 1)
  --seed N     where to begin (default: the time); the same seed tries the same inputs
`;

function fail(words: string): never {
  console.error(`${words}\n\n${HELP}`);
  process.exit(2);
}

function numberOf(name: string, text: string | undefined, otherwise: number): number {
  const value = Number(text ?? otherwise);
  return value >= 0 ? value : fail(`--${name} is a number, not '${text}'`);
}

function options(): { readonly help?: boolean; readonly minutes?: string; readonly seed?: string } {
  const text = { type: "string" } as const;
  try {
    return parseArgs({ options: { minutes: text, seed: text, help: { type: "boolean" } } }).values;
  } catch (error) {
    return fail(error instanceof Error ? error.message : `${error}`);
  }
}

const given = options();
if (given.help) {
  console.log(HELP);
  process.exit(0);
}
const ms = numberOf("minutes", given.minutes, 1) * 60_000;
const seed = Math.trunc(numberOf("seed", given.seed, Date.now() % 1e9));
const began = performance.now();
let lastWords = 0;
let runs = 0;

console.log(`seed ${seed}`);
const finding = await campaign({
  seed,
  goOn(count) {
    runs = count;
    const passed = performance.now() - began;
    // On a terminal the line is rewritten every second. A log gets one line a minute.
    const every = process.stdout.isTTY ? 1_000 : 60_000;
    if (passed - lastWords >= every) {
      lastWords = passed;
      const line = `${runs} inputs in ${Math.round(passed / 1000)} s, ${Math.round((runs * 1000) / passed)}/s`;
      process.stdout.write(process.stdout.isTTY ? `\r${line}` : `${line}\n`);
    }
    return passed < ms;
  },
});
const seconds = (performance.now() - began) / 1000;
console.log(`${process.stdout.isTTY ? "\r" : ""}${runs} inputs in ${seconds.toFixed(1)} s`);
if (finding === undefined) console.log("passed");
else {
  const { kind, fault, bytes, options: fence } = finding;
  console.log(
    `FAILED with seed ${finding.seed}: ${fault}\n\nA vector for test/vectors/${kind}:\n\n` +
      `\`\`\`${kind === "h2" ? "h2" : "http"} ${fence}\n${bytes}\n\`\`\``,
  );
  process.exitCode = 1;
}
