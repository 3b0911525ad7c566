// Sessions have a fast way for messages that arrive whole in one read, in memory that the next read overwrites. The
// fast way may differ only in speed: every vector (the example messages of test/vectors) and every mutated vector gives
// the same events when it arrives whole and when it arrives byte by byte. `npm run fuzz` continues with more mutations.
import t from "tap";
import { campaign } from "./fuzz/campaign.ts";
import { answersOf, byteByByte, requestsOf, twice, whole } from "./transcripts.ts";
import { loadVectors } from "./vectors.ts";

t.test("every request vector gives the same events, however it is cut", async (t) => {
  for (const { name, bytes, limits } of loadVectors("request")) {
    const { events } = requestsOf(bytes, limits, byteByByte, 2);
    t.same(requestsOf(bytes, limits, whole, 2).events, events, name);
    const expected = events.join("\0");
    const differing = Array.from(bytes, (_, cut) => cut).filter(
      (cut) => requestsOf(bytes, limits, twice(cut), 2).events.join("\0") !== expected,
    );
    t.same(differing, [], `${name}, cut anywhere`);
    const later = requestsOf(bytes, limits, whole, 2, true);
    t.same(later.events, events, `${name}, answered later`);
  }
});

t.test(
  "every response vector gives the same events whole and byte by byte, the second time too",
  async (t) => {
    for (const { name, bytes, limits, answers = "GET" } of loadVectors("response")) {
      const { events } = answersOf(bytes, limits, answers, byteByByte, 2);
      t.same(answersOf(bytes, limits, answers, whole, 2).events, events, name);
    }
  },
);

t.test("mutated vectors give the same events however cut, and node:http agrees", async (t) => {
  t.equal(await campaign({ seed: 1, goOn: (runs) => runs < 5_000 }), undefined);
});
