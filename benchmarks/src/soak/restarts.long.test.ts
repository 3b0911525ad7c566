import t from "tap";
import { restarts } from "./restarts.ts";

const TIMEOUT = { timeout: 230_000 };

t.test("a planned restart of each tier, and a reload, lose no request", TIMEOUT, async (t) => {
  const { kinds, lost, doubled, failures } = await restarts({
    ...{ times: 1, visitors: 4, tls: true, progress: () => undefined },
  });
  for (const { kind, gets, posts, failed } of kinds) {
    t.same(failed, [], kind);
    t.ok(gets > 0 && posts > 0, `${kind}: ${gets} GETs and ${posts} POSTs`);
  }
  t.same([lost, doubled, failures], [0, 0, []]);
});
