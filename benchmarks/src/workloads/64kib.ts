// Answers that take a few reads of the proxy each: pages and images.
import { KEEP_ALIVE, type Workload } from "./workload.ts";

export const kib64: Workload = {
  ...KEEP_ALIVE,
  name: "64KiB",
  title: "GET, 64 KiB answer, 64 keep-alive connections",
  path: "/64k",
  fixedRate: 500,
};
