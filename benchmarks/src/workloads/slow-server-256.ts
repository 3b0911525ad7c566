// Many exchanges in flight at once, because the server waits before it answers.
import { SLOW_MS } from "../origin/answers.ts";
import { KEEP_ALIVE, type Workload } from "./workload.ts";

export const slowServer256: Workload = {
  ...KEEP_ALIVE,
  name: "slow-server-256",
  title: `GET, 128 B answer after ${SLOW_MS} ms, 256 keep-alive connections`,
  path: "/slow",
  connections: 256,
};
