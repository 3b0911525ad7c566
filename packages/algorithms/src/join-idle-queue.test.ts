// Tests which servers join the queue of idle ones, and which are taken from it.
import t from "tap";
import { type Fake, fakes, seeded } from "./contract/index.ts";
import { openPicker } from "./open-picker.ts";

const NOTHING = { tried: [], key: undefined };

/** Opens the picker on some servers, and takes all of them from the queue, in which they are at first. */
function emptied(count: number, joinOnEnd = true) {
  const rng = seeded(1);
  const environment = { rng, now: () => 0, ticket: () => 0 };
  const picker = openPicker<Fake, "join-idle-queue">("join-idle-queue", environment, { joinOnEnd });
  const servers = fakes(new Array<number>(count).fill(1));
  picker.update(servers);
  for (let i = 0; i < count; i++) {
    const server = picker.pick(NOTHING);
    if (server !== undefined) server.inFlight++;
  }
  const waiting = () => {
    const seen = picker.inspect?.();
    return seen?.kind === "queue" ? seen.servers : [];
  };
  const end = (server: Fake | undefined, outcome: "ok" | "failed" | "timeout" | "cancelled") => {
    if (server === undefined) return;
    server.inFlight--;
    picker.ended?.(server, outcome, 1);
  };
  return { picker, servers, waiting, end };
}

t.test("idle servers are taken once each, then any server", async (t) => {
  const { picker, servers, waiting } = emptied(3);
  t.same(
    servers.map(({ inFlight }) => inFlight),
    [1, 1, 1],
  );
  t.same(waiting(), []);
  t.ok(picker.pick(NOTHING));
  t.equal(picker.why, "fallback");
});

t.test("a server joins when its last request ended, unless that failed", async (t) => {
  const { servers, waiting, end } = emptied(4);
  const [busy, failed, late, idle] = servers;
  if (busy !== undefined) busy.inFlight++;
  end(busy, "ok");
  end(failed, "failed");
  end(late, "timeout");
  t.same(waiting(), [], "one is busy, and the requests of two failed");
  end(idle, "ok");
  end(busy, "cancelled");
  t.same(waiting(), [idle?.name, busy?.name]);
});

t.test("without joinOnEnd a server joins when it reports that it is idle, once", async (t) => {
  const { picker, servers, waiting, end } = emptied(2, false);
  const [one, other] = servers;
  if (one === undefined || other === undefined) return;
  end(one, "ok");
  t.same(waiting(), []);
  picker.report?.(other, { inFlight: 1 });
  t.same(waiting(), [], "it has a request");
  picker.report?.(one, { inFlight: 0 });
  picker.report?.(one, { inFlight: 0 });
  t.same(waiting(), [one.name]);
});

t.test("a waiting server that got a request elsewhere is passed over", async (t) => {
  const { picker, servers, end } = emptied(2);
  const [one, other] = servers;
  if (one === undefined || other === undefined) return;
  end(one, "ok");
  end(other, "ok");
  one.inFlight++;
  t.equal(picker.pick(NOTHING), other);
  t.equal(picker.why, "first-choice");
});
