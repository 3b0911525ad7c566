// autocannon: keep-alive connections that each send the next request when the answer is there.
import type { Generator } from "./generator.ts";

export const autocannon: Generator = {
  name: "autocannon",
  missing: () => undefined,
  cannot(job) {
    // Read in its source (9.0.0): a rate is a burst at the top of each second, whose latencies start when
    // a request is sent, not when it was due; and answers before a forced reconnect are not counted.
    if (job.rate !== undefined) return "autocannon has no open loop";
    if (job.newConnections) return "autocannon does not count answers when it reconnects";
    return undefined;
  },
  run: (job, side, stretch) => side.run("autocannon-process.ts", job, stretch),
};
