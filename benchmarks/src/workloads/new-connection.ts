// Measures accepting and closing a connection, with one small request in between.
import { KEEP_ALIVE, type Workload } from "./workload.ts";

export const newConnection: Workload = {
  ...KEEP_ALIVE,
  name: "new-connection",
  title: "GET, 128 B answer, a new connection for each, 64 at a time",
  path: "/small",
  newConnections: true,
  fixedRate: 500,
  // Fewer connections than requests fit into a second, so Node's proxies need more time to compile their code.
  warmUpSeconds: 4,
};
