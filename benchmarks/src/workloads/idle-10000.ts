// The memory of a connection while it is not used.
import { KEEP_ALIVE, type Workload } from "./workload.ts";

export const idle10000: Workload = {
  ...KEEP_ALIVE,
  name: "idle-10000",
  title: "10 000 connections, one request on each, then idle: bytes of resident memory each",
  kind: "idle",
  path: "/small",
  connections: 10_000,
  // Memory does not depend on the machine's speed, so few rounds are enough. The seconds are those of the load
  // before.
  quick: { rounds: 1, seconds: 0.7 },
  thorough: { rounds: 5, seconds: 3 },
};
