// Tests that an answer of a probe is used as often as it may be, counts what it led to, and then goes.
import t from "tap";
import { ProbePool } from "./probe-pool.ts";

t.test("an answer goes after its last use, and each use counts as load", async (t) => {
  const pool = new ProbePool(4);
  pool.add(7, 3, 20, 0, 2);
  pool.add(8, 1, 10, 0, Number.POSITIVE_INFINITY);
  pool.use(0, 0.5);
  t.equal(pool.rif[0], 3.5);
  t.equal(pool.size, 2);
  pool.use(0, 0.5);
  t.equal(pool.size, 1, "the second use was the last");
  t.equal(pool.server[0], 8, "the other answer has its place");
  for (let use = 0; use < 5; use++) pool.use(0, 1);
  t.equal(pool.size, 1, "an answer without a bound stays");
  t.equal(pool.rif[0], 6);
});
