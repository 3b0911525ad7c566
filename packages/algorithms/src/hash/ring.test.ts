// Tests that a key belongs to the server of the next point clockwise, and beyond the last point to that of the first.
import t from "tap";
import { Ring } from "./ring.ts";

t.test("each key belongs to the next point clockwise", async (t) => {
  const ring = new Ring(5);
  ring.update(["a", "b", "c"].map((name) => ({ name, weight: 1 })));
  const { owners, points = new Uint32Array(0) } = ring.inspect();
  t.equal(points.length, 15);
  for (const [i, point] of points.entries()) {
    const next = (i + 1) % points.length;
    t.equal(ring.at(point), owners[i], "the point itself");
    t.equal(ring.at(point + 1), owners[next], "just behind it");
  }
  t.equal(ring.at(0), owners[0]);
  t.equal(ring.at(2 ** 32 - 1), owners[0]);
  t.not(owners[0], owners.at(-1), "so the wrap can be told");
});
