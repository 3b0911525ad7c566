// The search for the highest load, on measures whose answer is known.
import t from "tap";
import { highestLoad } from "./bisection.ts";

const BOUNDS = { lowest: 0.01, highest: 2, tolerance: 0.002 };

t.test("a limit that is never kept, or always", async (t) => {
  t.same(await highestLoad(BOUNDS, async () => false), { kept: "never" });
  t.same(await highestLoad(BOUNDS, async () => true), { kept: "always" });
});

t.test("the load is found to within the tolerance, and the limit is kept there", async (t) => {
  for (const edge of [0.0101, 0.1, 0.77, 0.9999, 1.9]) {
    const asked: number[] = [];
    const found = await highestLoad(BOUNDS, async (load) => {
      asked.push(load);
      return load <= edge;
    });
    const load = "load" in found ? found.load : Number.NaN;
    t.ok(load <= edge && load >= edge * (1 - BOUNDS.tolerance) - 1e-5, `${load} for ${edge}`);
    t.ok(asked.length < 22, `${asked.length} steps`);
    t.equal(new Set(asked).size, asked.length, "no load is asked twice");
  }
});
