// Hedging: a request is sent to a second server when the first is slow to begin its answer, but only if
// sending it twice is safe.
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import {
  CHECKED_ONCE,
  get,
  givenBalancer,
  givenOrigin,
  givenRawOrigin,
  roundTrip,
  statusOf,
  until,
} from "./given.ts";

/**
 * Settings with which a request is sent to a second server after 50 ms. The balancer checks
 * deadlines every 100 ms, so the second sending may be up to 100 ms late.
 */
const HEDGED = {
  check: CHECKED_ONCE,
  balance: { algorithm: "round-robin" },
  hedge: { after: "50ms" },
} as const;

t.test("the first server hangs: the client gets the second one's answer, once", async (t) => {
  await using hanging = await givenOrigin(() => undefined);
  await using quick = await givenOrigin((_, response) => response.end("quick"));
  await using balancer = await givenBalancer([hanging.port, quick.port], {
    ...HEDGED,
    hedge: { after: "1s" }, // long enough for the other server to answer, even on a busy machine
  });
  const answers = await Promise.all(Array.from({ length: 6 }, () => get(balancer.port)));
  for (const answer of answers) t.match(answer, /^HTTP\/1.1 200 OK\r\n[\s\S]*quick$/);
  const lines = await balancer.log(6);
  t.equal(lines.length, 6, "each request has one record");
  t.equal(
    lines.filter((line) => / web\/s2 .* 200 .*\/\+1 0\/0 /.test(line)).length,
    hanging.requests.length,
  );
  await until(
    () => balancer.plane.status().backends[0]?.servers.every((s) => s.current === 0) === true,
  );
  const closed = () => hanging.requests.every(({ socket }) => socket.destroyed);
  await until(closed); // the connection to the server whose answer was not used is closed
});

t.test("if the slow first server answers first after all, its answer is used", async (t) => {
  await using slow = await givenOrigin(
    (_, response) => void sleep(300).then(() => response.end("slow")),
  );
  await using slower = await givenOrigin(() => undefined);
  await using balancer = await givenBalancer([slow.port, slower.port], {
    ...HEDGED,
    timeouts: { server: "30s" },
  });
  for (let i = 0; i < 4; i++) t.match(await get(balancer.port), /200 OK[\s\S]*slow$/);
  t.equal(slower.requests.length, 4, "both servers got each request");
  await until(
    () => balancer.plane.status().backends[0]?.servers.every((s) => s.current === 0) === true,
  );
});

t.test("the first server dies while the second works: the second's answer is used", async (t) => {
  await using dying = await givenRawOrigin(
    (socket) => void sleep(200).then(() => socket.destroy()),
  );
  await using slow = await givenOrigin(
    (_, response) => void sleep(400).then(() => response.end("slow")),
  );
  await using balancer = await givenBalancer([dying.port, slow.port], HEDGED);
  for (let i = 0; i < 4; i++) t.match(await get(balancer.port), /200 OK[\s\S]*slow$/);
});

t.test("both servers hang: one 504, at the server timeout", async (t) => {
  await using first = await givenOrigin(() => undefined);
  await using second = await givenOrigin(() => undefined);
  await using balancer = await givenBalancer([first.port, second.port], {
    ...HEDGED,
    timeouts: { server: "400ms" },
  });
  t.equal(statusOf(await get(balancer.port)), 504);
  t.equal((await balancer.log(1)).length, 1);
  await until(
    () => balancer.plane.status().backends[0]?.servers.every((s) => s.current === 0) === true,
  );
});

t.test("a request that may not be repeated is never sent twice", async (t) => {
  const answer = (_: unknown, response: { end(text: string): void }) =>
    void sleep(350).then(() => response.end("once"));
  await using first = await givenOrigin(answer);
  await using second = await givenOrigin(answer);
  await using balancer = await givenBalancer([first.port, second.port], HEDGED);
  const post = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
  t.match(await roundTrip(balancer.port, post), /200 OK[\s\S]*once$/);
  const put = "PUT / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody";
  t.match(await roundTrip(balancer.port, put), /200 OK[\s\S]*once$/);
  t.equal(first.requests.length + second.requests.length, 2);
});

t.test("hedges count against the budget for retries", async (t) => {
  const held: (() => void)[] = [];
  const origins = await Promise.all(
    Array.from({ length: 6 }, () =>
      givenOrigin((_, response) => void held.push(() => response.end("late"))),
    ),
  );
  t.teardown(() => Promise.all(origins.map((origin) => origin.kill())));
  await using balancer = await givenBalancer(
    origins.map(({ port }) => port),
    { ...HEDGED, hedge: { after: "2s" } }, // by then all 30 requests are in flight
  );
  const answers = Array.from({ length: 30 }, () => get(balancer.port));
  await until(() => held.length >= 36);
  await sleep(300); // if the retry budget did not limit second tries, more requests would be sent twice within this time
  t.equal(held.length, 36, "20 % of the 30 requests were sent twice");
  for (const answer of held) answer();
  for (const answer of answers) t.equal(statusOf(await answer), 200);
});
