// Values for tests of generators: a job, and a stretch that notifies no listener.
import type { LoadJob } from "./load.ts";
import type { Stretch } from "./stretch.ts";

/** A job with small answers over four kept connections. The test has to set the port. */
export const JOB: LoadJob = {
  port: 1,
  tls: false,
  path: "/small",
  method: "GET",
  uploadBytes: 0,
  expectBytes: 128,
  connections: 4,
  seconds: 0.1,
  newConnections: false,
};

export const IGNORED: Stretch = { begins: () => undefined, ends: () => undefined };
