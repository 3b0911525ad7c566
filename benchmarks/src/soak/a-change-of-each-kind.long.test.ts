// A small version of `npm run soak -- changes`.
import t from "tap";
import { changes } from "./changes/changes.ts";
import { unexcused } from "./changes/unreset.ts";

const TIMEOUT = { timeout: 290_000 };

t.test(
  "reloads, an upgrade, and a restart of each tier under all protocols",
  TIMEOUT,
  async (t) => {
    const { phases, lost, doubled } = await changes({
      ...{ reloads: 2, upgrades: 1, restarts: 1, steadySeconds: 0, clients: 2 },
      progress: () => undefined,
    });
    t.same(
      phases.map(({ kind }) => kind),
      ["reload", "balancer", "webserver", "appserver", "upgrade"],
    );
    for (const phase of phases) {
      for (const [protocol, { answered, ended }] of Object.entries(phase.counts)) {
        t.ok(answered > 0, `${phase.kind}: ${answered} answered over ${protocol}`);
        const stays = phase.kind !== "balancer" && phase.kind !== "upgrade";
        if (stays) t.equal(ended, 0, `${phase.kind}: no tunnel over ${protocol} has ended`);
      }
      t.same(unexcused(phase), [], phase.kind);
    }
    t.same([lost, doubled], [0, 0]);
  },
);
