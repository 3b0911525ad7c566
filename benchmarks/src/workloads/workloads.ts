// Every workload, in the order in which workloads run.
import { mib1 } from "./1mib.ts";
import { kib64 } from "./64kib.ts";
import { browserVaried } from "./browser-varied.ts";
import { h2Mib1 } from "./h2-1mib.ts";
import { h2Small } from "./h2-small.ts";
import { idle10000 } from "./idle-10000.ts";
import { newConnection } from "./new-connection.ts";
import { slowServer256 } from "./slow-server-256.ts";
import { smallKeepalive } from "./small-keepalive.ts";
import { tcp, tcpNewConnection } from "./tcp.ts";
import { tls12Resumed, tlsHandshake, tlsResumed } from "./tls-handshake.ts";
import { twoThreads } from "./two-threads.ts";
import { uploadMib1 } from "./upload-1mib.ts";
import { overTls, overTlsOnBothSides, type Workload } from "./workload.ts";

export const WORKLOADS: readonly Workload[] = [
  smallKeepalive,
  twoThreads,
  browserVaried,
  kib64,
  mib1,
  uploadMib1,
  newConnection,
  idle10000,
  slowServer256,
  overTls(smallKeepalive),
  overTls(browserVaried),
  overTls(kib64),
  overTls(mib1),
  tlsHandshake,
  tlsResumed,
  tls12Resumed,
  overTlsOnBothSides(smallKeepalive),
  overTlsOnBothSides(kib64),
  tcp,
  tcpNewConnection,
  h2Small,
  h2Mib1,
];
