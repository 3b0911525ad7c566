// What small-keepalive leaves out: fields as browsers and applications send them, none like the ones
// before. A proxy that keeps what it made of equal fields gains nothing here.
import { KEEP_ALIVE, type Workload } from "./workload.ts";

export const browserVaried: Workload = {
  ...KEEP_ALIVE,
  name: "browser-varied",
  title: "GET, a browser's fields and an application's, all different, 64 keep-alive connections",
  path: "/varied",
  varied: true,
  warmUpSeconds: 4,
};
