// Measures the gain of a second data thread. Small answers, as in small-keepalive, are served by one data thread and
// then by two.
import { own } from "../load/own.ts";
import { smallKeepalive } from "./small-keepalive.ts";
import type { Workload } from "./workload.ts";

const { quick: _, ...small } = smallKeepalive;

export const twoThreads: Workload = {
  ...small,
  name: "two-threads",
  title: `${small.title}: one thread and two, on two cores`,
  twoThreads: true,
  // autocannon cannot make enough load for two threads.
  generator: own,
};
