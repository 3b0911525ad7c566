// Tests that no two counters share a column. They would be counted together, and no other test would see it.
import { H2_CODES, H2_ENDS } from "@tandem/http/session/counted";
import t from "tap";
import { COUNTER, H2_COUNTER } from "./counters.ts";

t.test("every counter has a column of its own, and no column is left out", async (t) => {
  const { ends, resetsReceived, resetsSent, ...single } = H2_COUNTER;
  const list = (first: number, { length }: readonly unknown[]) =>
    Array.from({ length }, (_, index) => first + index);
  const columns = [
    ...Object.values(COUNTER),
    ...Object.values(single),
    ...list(ends, H2_ENDS),
    ...list(resetsReceived, H2_CODES),
    ...list(resetsSent, H2_CODES),
  ];
  t.same(
    columns.toSorted((a, b) => a - b),
    columns.map((_, index) => index),
  );
});
