// Runs the vectors of test/vectors/h2: the frames of each vector have to give the events and frames that it lists,
// however the bytes are cut.
import t from "tap";
import { loadH2Vectors, run } from "./vectors.ts";

/** Vectors longer than this are cut at places this far from each other. */
const MOST_CUTS = 2_000;

for (const vector of loadH2Vectors()) {
  t.test(vector.name, async (t) => {
    const whole = run(vector, []);
    t.same(whole, vector.expected);
    const expected = whole.join("\n");
    const step = Math.ceil(vector.bytes.length / MOST_CUTS);
    const places = Array.from(
      { length: Math.floor(vector.bytes.length / step) },
      (_, i) => i * step,
    );
    const differing = places.filter((cut) => run(vector, [cut]).join("\n") !== expected);
    t.same(differing, [], "cut anywhere");
    t.same(run(vector, places), whole, "in single bytes");
  });
}
