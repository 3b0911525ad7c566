import t from "tap";
import { restarts } from "./restarts.ts";

t.test("a planned restart of each tier, and a reload, fail nobody's GET or POST", async (t) => {
  const { kinds, lost, doubled, failures } = await restarts({
    ...{ times: 1, visitors: 4, tls: false, progress: () => undefined },
  });
  for (const { kind, gets, posts, failed } of kinds) {
    t.same(failed, [], kind);
    t.ok(gets > 0 && posts > 0, `${kind}: ${gets} GETs and ${posts} POSTs`);
  }
  t.same([lost, doubled, failures], [0, 0, []]);
});
