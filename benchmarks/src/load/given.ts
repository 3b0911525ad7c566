// Values for tests of generators: a job, and a `MeasuredPart` whose two methods do nothing.
import type { LoadJob } from "./load.ts";
import type { MeasuredPart } from "./measured-part.ts";

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

export const IGNORED: MeasuredPart = { begins: () => undefined, ends: () => undefined };
