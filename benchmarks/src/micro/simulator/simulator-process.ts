// Times one run of the simulator of one revision, in a process of its own: `simulator-process.ts ROOT CASE [REQUESTS]`.
// Prints how many requests it simulated per second of processor time. Processor time is used because other programs on
// the machine disturb it less than elapsed time. The first run warms the compiler up.
import { join } from "node:path";
import { argv, cpuUsage, stdout } from "node:process";
import { pathToFileURL } from "node:url";
import { median } from "../../run/statistics.ts";
import { SIMULATOR_CASES, scenarioOf } from "./cases.ts";

/** What is used of the laboratory. Its types are not, because the laboratory may be that of another revision. */
interface Laboratory {
  simulate(
    scenario: object,
    options: { readonly algorithm: string; readonly seed: number; readonly anySize: boolean },
  ): { readonly arrived: number };
}

/** Runs are timed until so much time is used, but one at least. */
const ENOUGH_MS = 4_000;
const MOST_RUNS = 7;

const [root = "", name, requests] = argv.slice(2);
const found = SIMULATOR_CASES.find((one) => one.name === name);
if (found === undefined) throw new Error(`no run '${name}'`);
const { algorithm } = found;
const scenario = scenarioOf(
  requests === undefined ? found : { ...found, requests: Number(requests) },
);
const library = pathToFileURL(join(root, "packages/lab/src/index.ts")).href;
const { simulate } = (await import(library)) as Laboratory;

function requestsPerSecond(seed: number): number {
  const before = cpuUsage();
  const { arrived } = simulate(scenario, { algorithm, seed, anySize: true });
  const { user, system } = cpuUsage(before);
  return (arrived * 1e6) / (user + system);
}

requestsPerSecond(0);
const speeds: number[] = [];
do speeds.push(requestsPerSecond(speeds.length + 1));
while (speeds.length < MOST_RUNS && cpuUsage().user < ENOUGH_MS * 1000);
stdout.write(JSON.stringify(median(speeds)));
