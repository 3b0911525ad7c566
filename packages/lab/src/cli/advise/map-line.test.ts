// Tests what is said of the map of two boxes beside a ranking.
import t from "tap";
import { mapLines } from "./map-line.ts";

const servers = (...speeds: readonly number[]) =>
  speeds.map((speed, i) => ({ name: `s${i}`, speed, weight: 1 }));

t.test("the map is about two servers, by the ratio of their speeds", async (t) => {
  t.match(mapLines(servers(1, 1.2))[0], /at 1\.20 : 1: least-conn$/);
  t.match(mapLines(servers(2, 1))[0], /at 2\.00 : 1: peak-ewma with weights by speed$/);
  t.match(mapLines(servers(1, 2))[0], /at 2\.00 : 1/, "in either order");
  t.strictSame([mapLines(servers(1)), mapLines(servers(1, 2, 3))], [[], []]);
});
