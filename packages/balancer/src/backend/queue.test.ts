// Compares the queue of waiting requests with a plain list, under random sequences of operations. One test checks that
// leaving a long queue takes little time.
import { Deadlines } from "@tandem/transport";
import fc from "fast-check";
import t from "tap";
import { COUNTER, ROW } from "../memory/counters.ts";
import { type Place, Queue, type Waiter } from "./queue.ts";

function givenQueue(limit = 1_000) {
  let now = 0;
  const timer = { cancel: () => undefined };
  const clock = { now: () => now, wall: () => now, after: () => timer, every: () => timer };
  const counters = new Float64Array(ROW);
  const queue = new Queue(new Deadlines(clock), limit, 100, counters, () => undefined);
  const pass = (ms: number): void => {
    now += ms;
  };
  return { queue, counters, pass };
}

class Request implements Waiter {
  readonly restricted: boolean;
  readonly id: number;
  place: Place | undefined = undefined;
  room = false;
  late = false;
  /** Called while this request looks for room, so that a test can call the queue at that moment. */
  meanwhile: () => void = () => undefined;

  constructor(id: number, restricted = false) {
    this.id = id;
    this.restricted = restricted;
  }

  retry(): boolean {
    this.meanwhile();
    return this.room;
  }

  timedOut(): void {
    this.late = true;
  }
}

t.test("first come, first served, also when clients leave and requests time out", async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("join" as const), restricted: fc.boolean() }),
    fc.record({
      do: fc.constantFrom("leave" as const, "room" as const, "remove" as const),
      at: fc.nat(20),
    }),
    fc.record({ do: fc.constant("pass" as const), ms: fc.nat(60) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { queue, counters, pass } = givenQueue(8);
      let model: { request: Request; until: number }[] = [];
      let now = 0;
      let id = 0;
      for (const one of steps) {
        if (one.do === "join") {
          const request = new Request(id++, one.restricted);
          request.place = queue.join(request);
          if ((request.place?.number ?? 0) !== (model.length < 8 ? model.length + 1 : 0))
            return false;
          if (request.place !== undefined) model.push({ request, until: now + 100 });
        } else if (one.do === "leave") {
          model[one.at]?.request.place?.leave();
          model.splice(one.at, 1);
        } else if (one.do === "remove") {
          const gone = queue.remove((waiter) => (waiter as Request).id % 5 === one.at % 5);
          const left = model.filter(({ request }) => request.id % 5 !== one.at % 5);
          if (gone.length !== model.length - left.length) return false;
          model = left;
        } else if (one.do === "pass") {
          pass(one.ms);
          now += one.ms;
          queue.expired();
          if (model.some(({ request, until }) => request.late !== until <= now)) return false;
          model = model.filter(({ until }) => until > now);
        } else {
          const fits = model[one.at]?.request;
          if (fits !== undefined) fits.room = true;
          const blocked = model.findIndex(({ request }) => !request.restricted && !request.room);
          const first = model.findIndex(({ request }) => request.room);
          const served = first >= 0 && (blocked < 0 || first < blocked);
          if ((queue.serve() === "here") !== served) return false;
          if (served) model.splice(first, 1);
        }
        if (queue.length !== model.length || counters[COUNTER.queued] !== model.length)
          return false;
      }
      const order = queue.remove(() => true).map((waiter) => (waiter as Request).id);
      return order.join() === model.map(({ request }) => request.id).join();
    }),
    { numRuns: 500, seed: 1 },
  );
});

t.test("letting a request in may call the queue again", async (t) => {
  const { queue } = givenQueue();
  const [first, second] = [new Request(1, true), new Request(2)];
  for (const one of [first, second]) one.place = queue.join(one);
  second.room = true;
  first.meanwhile = () => t.equal(queue.serve(), "here", "serves the second, not the first again");
  t.equal(queue.serve(), "none");
  t.equal(queue.length, 1);
  first.meanwhile = () => first.place?.leave();
  t.equal(queue.serve(), "none", "the request left while it was tried");
  t.equal(queue.length, 0);
  first.place?.leave();
  t.equal(queue.length, 0, "leaving twice takes one place only");
});

t.test("leaving looks at no other waiting request, however many wait", async (t) => {
  const { queue } = givenQueue(1_000);
  let looked = 0;
  const requests = Array.from({ length: 1_000 }, (_, id) => {
    const request = new Request(id);
    return Object.defineProperty(request, "restricted", { get: () => looked++ < 0 });
  });
  for (const request of requests) request.place = queue.join(request);
  looked = 0;
  for (const request of requests) request.place?.leave();
  t.equal(looked, 0);
  t.equal(queue.length, 0);
});
