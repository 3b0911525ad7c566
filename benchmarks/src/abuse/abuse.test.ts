// Every flood against the balancer, while a normal client goes on: a small version of `npm run abuse`.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { Started } from "../process/started.ts";
import { temporaryFolder } from "../process/temporary-folder.ts";
import { difference, isCounted } from "./abuse.ts";
import { Attack } from "./attack.ts";
import { FLOODS } from "./floods.ts";
import { normalClient } from "./normal.ts";
import { type Counted, startStand } from "./stand.ts";

const CONNECTIONS = 2;
const WITHIN_MS = 60_000;

t.test("every flood ends its sessions or streams, and a normal client has no error", async (t) => {
  using folder = temporaryFolder("abuse");
  await using origin = await Started.start([
    process.execPath,
    join(import.meta.dirname, "../origin/origin.ts"),
  ]);
  await using stand = await startStand("tandem", Number(await origin.nextLine()), folder.path);
  const counted = async (): Promise<Counted> => {
    const now = await stand.counted();
    if (now === undefined) throw new Error("the balancer counts nothing");
    return now;
  };
  const resets = ({ resetsSent }: Counted): number =>
    Object.values(resetsSent).reduce((sum, times) => sum + times, 0);
  let done = false;
  const normal = Promise.all([
    normalClient("h1", stand.h1, () => !done),
    normalClient("h2", stand.h2, () => !done),
  ]);
  for (const flood of FLOODS) {
    const before = await counted();
    const attack = new Attack(flood, stand.h2, CONNECTIONS);
    const isEnded = (now: Counted): boolean =>
      flood.ends.length > 0
        ? isCounted(flood, difference(before, now))
        : resets(now) >= resets(before) + 100;
    const deadline = performance.now() + WITHIN_MS;
    while (!isEnded(await counted()) && performance.now() < deadline) await sleep(50);
    attack.stop();
    t.ok(isEnded(await counted()), `${flood.name}: ${JSON.stringify(await counted())}`);
  }
  // The normal client's session is the only one that is left, and at most its request is open.
  while ((await counted()).openConnections > 1) await sleep(50);
  while ((await counted()).openStreams > 1) await sleep(50);
  done = true;
  for (const { requests, errors } of await normal) {
    t.same(errors, {});
    t.ok(requests > 0);
  }
});
