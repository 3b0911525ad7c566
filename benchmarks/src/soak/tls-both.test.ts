// Tests TLS on both sides of the balancer: a small version of `npm run soak -- tls-both`.
import t from "tap";
import { tlsBoth } from "./tls-both.ts";

t.test("bodies of all sizes over TLS on both sides, with reloads and retries", async (t) => {
  const report = await tlsBoth({ answers: 150, threads: 2, progress: () => undefined });
  t.same(report.failures, [], report.errors.join("; "));
  t.equal(report.answers, 150);
});
