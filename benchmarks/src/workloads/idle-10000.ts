// What a connection costs in memory while nobody uses it.
import { KEEP_ALIVE, type Workload } from "./workload.ts";

export const idle10000: Workload = {
  ...KEEP_ALIVE,
  name: "idle-10000",
  title: "10 000 connections, one request on each, then idle: bytes of resident memory each",
  kind: "idle",
  path: "/small",
  connections: 10_000,
  // Memory does not depend on how fast the machine is: few rounds do. The seconds are those of the load before.
  quick: { rounds: 1, seconds: 0.7 },
  thorough: { rounds: 5, seconds: 3 },
};
