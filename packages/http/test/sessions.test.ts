// Sessions take a short cut for what comes whole in one read, into memory that the next read overwrites.
// Nobody may see a difference: every vector, and what mutations make of them, means the same whole or byte
// by byte. `npm run fuzz` goes on where this ends.
import t from "tap";
import { campaign } from "./fuzz/campaign.ts";
import { answersOf, byteByByte, requestsOf, twice, whole } from "./transcripts.ts";
import { loadVectors } from "./vectors.ts";

t.test("every request vector means the same whole, cut anywhere and byte by byte", async (t) => {
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
  "every response vector means the same whole and byte by byte, the second time too",
  async (t) => {
    for (const { name, bytes, limits, answers = "GET" } of loadVectors("response")) {
      const { events } = answersOf(bytes, limits, answers, byteByByte, 2);
      t.same(answersOf(bytes, limits, answers, whole, 2).events, events, name);
    }
  },
);

t.test("bent vectors mean the same however they come, to us and to node:http", async (t) => {
  t.equal(await campaign({ seed: 1, goOn: (runs) => runs < 5_000 }), undefined);
});
