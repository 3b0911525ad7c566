// Large answers over HTTP/2. As many are under way at a time as in 1MiB. Answers that are unfinished at the end of a
// round cost CPU time and do not count, so there must be few of them.
import { mib1 } from "./1mib.ts";
import type { Workload } from "./workload.ts";

const { quick: _, ...large } = mib1;

export const h2Mib1: Workload = {
  ...large,
  name: "h2-1MiB",
  title: "HTTP/2, GET, 1 MiB answer, 4 connections of 4 streams",
  connections: 4,
  streams: 4,
};
