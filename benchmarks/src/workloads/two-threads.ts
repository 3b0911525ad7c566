// The gain of a second thread: the small answers of small-keepalive by one data thread, and by two.
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
