// Measures how much memory a connection takes while it is not used.
import { KEEP_ALIVE, type Workload } from "./workload.ts";

export const idle10000: Workload = {
  ...KEEP_ALIVE,
  name: "idle-10000",
  title: "10 000 connections, one request on each, then idle: bytes of resident memory each",
  kind: "idle",
  path: "/small",
  connections: 10_000,
  // Memory does not depend on the machine's speed, so few rounds are enough. `seconds` is the length of the load that
  // runs before the connections are opened.
  quick: { rounds: 1, seconds: 0.7 },
  thorough: { rounds: 5, seconds: 3 },
};
