// Fields as browsers and applications send them, different in every request; small-keepalive does not measure such
// fields. A proxy that caches results for equal fields gains nothing here.
import { KEEP_ALIVE, type Workload } from "./workload.ts";

export const browserVaried: Workload = {
  ...KEEP_ALIVE,
  name: "browser-varied",
  title: "GET, a browser's fields and an application's, all different, 64 keep-alive connections",
  path: "/varied",
  varied: true,
  warmUpSeconds: 4,
};
