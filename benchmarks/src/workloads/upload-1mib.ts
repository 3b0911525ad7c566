// Request bodies, which the proxy passes on while they arrive.
import { KEEP_ALIVE, type Workload } from "./workload.ts";

export const uploadMib1: Workload = {
  ...KEEP_ALIVE,
  name: "upload-1MiB",
  title: "POST of 1 MiB, 16 keep-alive connections",
  path: "/upload",
  method: "POST",
  uploadBytes: 1024 * 1024,
  connections: 16,
  fixedRate: 50,
};
