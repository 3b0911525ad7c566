// What small-keepalive does not measure: fields as browsers and applications send them, different in every request.
// A proxy that caches results for equal fields gains nothing here.
import { KEEP_ALIVE, type Workload } from "./workload.ts";

export const browserVaried: Workload = {
  ...KEEP_ALIVE,
  name: "browser-varied",
  title: "GET, a browser's fields and an application's, all different, 64 keep-alive connections",
  path: "/varied",
  varied: true,
  warmUpSeconds: 4,
};
