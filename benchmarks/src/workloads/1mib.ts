// Large answers. Nearly all of the proxy's work is passing on their bytes.
import { KEEP_ALIVE, type Workload } from "./workload.ts";

export const mib1: Workload = {
  ...KEEP_ALIVE,
  name: "1MiB",
  title: "GET, 1 MiB answer, 16 keep-alive connections",
  path: "/1m",
  connections: 16,
  fixedRate: 50,
  quick: { rounds: 9, seconds: 0.25 },
};
