// autocannon: connections that stay open. Each connection sends its next request when the answer to the last one is
// there.
import type { Generator } from "./generator.ts";

export const autocannon: Generator = {
  name: "autocannon",
  missing: () => undefined,
  cannot(job) {
    // From autocannon's source (9.0.0): with a rate, it sends a burst at the top of each second, and measures
    // latencies from when a request is sent and not from when it was due. Answers before a forced reconnect are not
    // counted.
    if (job.rate !== undefined) return "autocannon has no open loop";
    if (job.newConnections) return "autocannon does not count answers when it reconnects";
    return undefined;
  },
  run: (job, side, measured) => side.run("autocannon-process.ts", job, measured),
};
