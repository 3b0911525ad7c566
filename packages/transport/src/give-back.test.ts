import { getHeapSpaceStatistics } from "node:v8";
import t from "tap";
import { giveBackMemory } from "./give-back.ts";

const youngBytes = (): number =>
  getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space")
    ?.physical_space_size ?? 0;

t.test(
  "the young generation that a start has grown is given back, and what is used stays",
  async (t) => {
    const kept = Array.from({ length: 200_000 }, (_, i) => ({ i, text: `${i}` }));
    let grown = youngBytes();
    // What lives while more is made makes V8 grow the young generation.
    for (let round = 0; round < 50 && grown < 8e6; round++) {
      JSON.parse(JSON.stringify(kept.slice(0, 50_000)));
      grown = youngBytes();
    }
    t.ok(grown >= 8e6, "it has grown", { grown });
    giveBackMemory();
    t.ok(youngBytes() < grown / 4, "it has shrunk", { grown, now: youngBytes() });
    t.equal(kept.at(-1)?.text, "199999");
  },
);

t.test("the function of V8 that collects is no global afterwards", async (t) => {
  giveBackMemory();
  t.notOk("gc" in globalThis);
});
