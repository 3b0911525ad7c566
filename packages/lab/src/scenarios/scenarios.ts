// The scenario pack. A new scenario needs a file and a row here. S14 is not in this list, because S14 computes the
// placement of keys and simulates nothing.
import { theory } from "./s01-theory.ts";
import { heavyTail } from "./s02-heavy-tail.ts";
import { twoSpeeds } from "./s03-two-speeds.ts";
import { linkerd } from "./s04-linkerd.ts";
import { prequalRamp } from "./s05-prequal.ts";
import { gcPauses } from "./s06-gc-pauses.ts";
import { burst } from "./s07-burst.ts";
import { blackHole } from "./s08-black-hole.ts";
import { retryStorm } from "./s09-retry-storm.ts";
import { herd } from "./s10-herd.ts";
import { scaleOut } from "./s11-scale-out.ts";
import { websocket } from "./s12-websocket.ts";
import { cacheAffinity } from "./s13-cache-affinity.ts";
import { churn } from "./s14-churn.ts";
import { zones } from "./s15-zones.ts";
import { controlLag } from "./s16-control-lag.ts";
import { trace } from "./s17-trace.ts";
import type { Study } from "./study.ts";

export const STUDIES: readonly Study[] = [
  theory,
  heavyTail,
  twoSpeeds,
  linkerd,
  prequalRamp,
  gcPauses,
  burst,
  blackHole,
  retryStorm,
  herd,
  scaleOut,
  websocket,
  cacheAffinity,
  zones,
  controlLag,
  trace,
];

export { churn };
