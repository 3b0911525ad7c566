// Answers as large as pages and images. The proxy needs a few reads for each.
import { KEEP_ALIVE, type Workload } from "./workload.ts";

export const kib64: Workload = {
  ...KEEP_ALIVE,
  name: "64KiB",
  title: "GET, 64 KiB answer, 64 keep-alive connections",
  path: "/64k",
  fixedRate: 500,
};
