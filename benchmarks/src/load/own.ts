// The generator for what autocannon cannot do: an open loop, and a connection for each request.
import { runNode } from "./in-process.ts";
import type { Generator } from "./load.ts";

export const own: Generator = {
  name: "own",
  missing: () => undefined,
  cannot: () => undefined,
  run: (job, affinity) => runNode("own-process.ts", job, affinity),
};
