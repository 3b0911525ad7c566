// Our own generator, for jobs that autocannon cannot do: an open loop, and a connection for each request.
import type { Generator } from "./generator.ts";

export const own: Generator = {
  name: "own",
  missing: () => undefined,
  cannot: () => undefined,
  run: (job, side, measured) => side.run("own-process.ts", job, measured),
};
