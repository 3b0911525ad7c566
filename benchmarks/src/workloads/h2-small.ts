// Small answers over HTTP/2: many requests at a time on few connections.
import { KEEP_ALIVE, type Workload } from "./workload.ts";

export const h2Small: Workload = {
  ...KEEP_ALIVE,
  name: "h2-small",
  title: "HTTP/2, GET, 128 B answer, 10 connections of 10 streams",
  path: "/small",
  connections: 10,
  streams: 10,
  warmUpSeconds: 4,
};
