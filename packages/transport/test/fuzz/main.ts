// npm run fuzz:prefaces -- [minutes] [seed]: searches for bytes on which the readers of PROXY headers and ClientHellos
// fail. The first finding ends the run with its bytes, its seed, and exit code 1.
import { fuzzPrefaces } from "./prefaces.ts";

const [minutes = "1", from] = process.argv.slice(2);
const seed = Number(from ?? Date.now() % 1e9);
const until = performance.now() + Number(minutes) * 60_000;
const RUNS = 500;
let batches = 0;
for (; performance.now() < until; batches++) await fuzzPrefaces(seed + batches, RUNS);
console.log(`passed: ${batches * RUNS} inputs of each kind from seed ${seed} on`);
