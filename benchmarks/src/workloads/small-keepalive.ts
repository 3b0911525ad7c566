// The workload by which proxies are usually compared: many small answers over connections that stay open.
import { KEEP_ALIVE, type Workload } from "./workload.ts";

export const smallKeepalive: Workload = {
  ...KEEP_ALIVE,
  name: "small-keepalive",
  title: "GET, 128 B answer, 64 keep-alive connections",
  path: "/small",
  warmUpSeconds: 4,
  quick: { rounds: 12, seconds: 0.35 },
};
