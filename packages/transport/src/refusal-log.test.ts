// Tests how many refused connections are logged, and when.
import t from "tap";
import { ManualClock } from "../test/manual-clock.ts";
import { logRefusal, RefusalLog } from "./refusal-log.ts";
import type { RefusalReason, RefusedConnection } from "./tls/refusal.ts";

t.test("one refusal of each kind is logged in ten seconds, the rest counted", async (t) => {
  const clock = new ManualClock();
  const lines: [details: object, message: string][] = [];
  const logger = {
    info: (details: object, message: string) => void lines.push([details, message]),
  };
  const log = new RefusalLog<RefusedConnection>(clock, (refused, unsaid) =>
    logRefusal(logger, refused, unsaid),
  );
  const refuse = (reason: RefusalReason, listener?: string): void =>
    log.tell({ reason, why: "words", client: "192.0.2.1" }, listener);
  for (let times = 0; times < 1000; times++) refuse("closed");
  refuse("timeout");
  refuse("closed", "other");
  clock.pass(9_999);
  refuse("closed");
  t.strictSame(lines, [
    [{ reason: "closed", client: "192.0.2.1" }, "connection refused: words"],
    [{ reason: "timeout", client: "192.0.2.1" }, "connection refused: words"],
    [{ reason: "closed", client: "192.0.2.1" }, "connection refused: words"],
  ]);
  clock.pass(1);
  refuse("closed");
  t.match(lines[3]?.[0], { reason: "closed", moreSinceTheLast: 1000 });
  log.tell({ reason: "preface", why: "words", client: "" });
  t.strictSame(lines[4]?.[0], { reason: "preface" }, "an address that is not known is left out");
});
