// The whole of `npm run soak -- changes`, without the time for memory and descriptors.
import t from "tap";
import { changes } from "./changes/changes.ts";
import { unexcused } from "./changes/unreset.ts";

const TIMEOUT = { timeout: 1_800_000 };

t.test("20 reloads, 10 upgrades, 10 restarts of each tier", TIMEOUT, async (t) => {
  const { phases, lost, doubled } = await changes({
    ...{ reloads: 20, upgrades: 10, restarts: 10, steadySeconds: 0, clients: 3 },
    progress: () => undefined,
  });
  t.equal(phases.length, 5);
  for (const phase of phases) {
    for (const [protocol, { answered }] of Object.entries(phase.counts))
      t.ok(answered > 0, `${phase.kind}: ${answered} answered over ${protocol}`);
    t.same(unexcused(phase), [], phase.kind);
  }
  t.same([lost, doubled], [0, 0]);
});
