// Checks that a body that is read slowly does not fill the balancer's memory: a small version of
// `npm run soak -- slow-reader`.
import t from "tap";
import { slowReader } from "./slow-reader.ts";

const MIB = 1024 * 1024;
const linux = process.platform === "linux" ? false : "it reads /proc: Linux only";

t.test("64 MiB down and 64 MiB up, read slowly", { skip: linux }, async (t) => {
  const report = await slowReader({
    bytes: 64 * MIB,
    // The first stall is so long that the whole body could be sent if the balancer did not hold the sender back.
    pace: { gulpBytes: 32 * MIB, stallMs: 200 },
    growthLimitBytes: 40 * MIB,
    thorough: false,
    progress: () => undefined,
  });
  t.same(report.failures, []);
  t.equal(report.transfers.length, 2);
});
