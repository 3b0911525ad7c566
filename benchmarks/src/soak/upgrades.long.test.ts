import { readFileSync } from "node:fs";
import t from "tap";
import { restarts } from "./restarts.ts";

const TIMEOUT = { timeout: 460_000 };

/** Without this setting the kernel resets the connections that a listener has not accepted when it closes. */
function migrates(): boolean {
  try {
    return readFileSync("/proc/sys/net/ipv4/tcp_migrate_req", "utf8").trim() === "1";
  } catch {
    return false;
  }
}

t.test("ten upgrades lose no request, and each form is kept once", TIMEOUT, async (t) => {
  const { kinds, lost, doubled } = await restarts({
    ...{ kinds: ["upgrade"], times: 10, visitors: 8, tls: true, progress: () => undefined },
  });
  for (const { gets, posts, moved, failed } of kinds) {
    t.ok(gets > 0 && posts > 0, `${gets} GETs and ${posts} POSTs`);
    t.same(failed, []);
    if (migrates()) t.equal(moved, 0, "each got its connection at once");
  }
  t.same([lost, doubled], [0, 0]);
});
