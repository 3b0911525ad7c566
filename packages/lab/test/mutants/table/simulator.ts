// Faults in the simulator's servers, balancers and measurements.
import { inFile, type Mutant } from "../mutant.ts";

export const SIMULATOR: readonly Mutant[] = [
  ...inFile("packages/lab/src/sim/fleet.ts", [
    {
      id: "balancers-in-step",
      find: "let own = count > 1 ? stream.below(1 << 20) : 0;",
      replace: "let own = 0;",
      breaks: "all balancers begin round robin at the same server",
      by: "E13",
    },
    {
      id: "tickets-not-shared",
      find: 'options.view === "shared" ? sharedTicket : () => own++',
      replace: "() => own++",
      breaks: "balancers that share counts do not share the turns",
    },
    {
      id: "board-late",
      find: "agenda.at(agenda.now + everyMs, refresh, 0, 0);",
      replace: "agenda.at(agenda.now + 1.2 * everyMs, refresh, 0, 0);",
      breaks: "the board is refreshed later than said",
      by: "T3",
    },
    {
      id: "board-counts-own",
      find: 'this.#counts = options.view !== "board";',
      replace: "this.#counts = true;",
      breaks: "a balancer adds its own requests to the board",
      by: "T3",
    },
    {
      id: "views-shared",
      find: 'const lists = view === "local" ? count : 1;',
      replace: "const lists = 1;",
      breaks: "balancers know the requests of each other",
      by: "T4",
    },
    {
      id: "started-not-counted",
      find: "    if (this.#counts) {\n      view.inFlight++;",
      replace: "    if (this.#counts && view.inFlight < 1) {\n      view.inFlight++;",
      breaks: "a balancer counts at most one request per server",
      by: "E10",
    },
  ]),
  ...inFile("packages/lab/src/sim/stations.ts", [
    {
      id: "one-worker-more",
      find: "(this.served[server] as number) >= (this.workers[server] as number)\n    ) {",
      replace: "(this.served[server] as number) > (this.workers[server] as number)\n    ) {",
      breaks: "one more request is in service than there are workers",
      by: "E5",
    },
    {
      id: "last-come-first",
      find: "const slot = this.#head[server] as number;\n    if (slot < 0 ||",
      replace: "const slot = this.#tail[server] as number;\n    if (slot < 0 ||",
      breaks: "the request that came last is served first",
      by: "E2",
    },
    {
      id: "sharing-not-shared",
      find: "this.#sharing[server] === 1 && served > workers ? (speed * workers) / served : speed",
      replace:
        "this.#sharing[server] === 1 && served > workers + 1 ? (speed * workers) / served : speed",
      breaks: "two requests share one core at full speed",
      by: "E4",
    },
    {
      id: "sharing-one-core",
      find: "(speed * workers) / served : speed",
      replace: "speed / served : speed",
      breaks: "a shared server has one core",
    },
    {
      id: "queue-limit-one-more",
      find: "return (this.depth[server] as number) >= limit;",
      replace: "return (this.depth[server] as number) > limit;",
      breaks: "a queue holds one more than its limit",
    },
    {
      id: "depth-of-served",
      find: "elapsed * (this.depth[server] as number);\n    (this.busyMs",
      replace: "elapsed * served;\n    (this.busyMs",
      breaks: "waiting requests are not in the mean length",
      by: "E1",
    },
    {
      id: "busy-of-depth",
      find: "elapsed * Math.min(served, workers);\n  }",
      replace: "elapsed * Math.min(served + 1, workers + 1);\n  }",
      breaks: "a server looks busier than it is",
      by: "E1",
    },
    {
      id: "backlog-forgets-served",
      find: "return (this.#enteredMs[server] as number) - (this.workedMs[server] as number) - worked;",
      replace: "return (this.#enteredMs[server] as number) - (this.workedMs[server] as number);",
      breaks: "the work left is that of the last event",
      by: "E6",
    },
  ]),
  ...inFile("packages/lab/src/sim/requests.ts", [
    {
      id: "errors-never",
      find: "errorShare > 0 && this.#errors() < errorShare",
      replace: "errorShare > 1 && this.#errors() < errorShare",
      breaks: "no server fails requests",
      by: "E15",
    },
    {
      id: "key-not-hashed",
      find: "const hashOfKey = (key: number): number => mix(key + 1) >>> 0;",
      replace: "const hashOfKey = (key: number): number => key >>> 0;",
      breaks: "keys are not hashed",
    },
    {
      id: "copies-nothing",
      find: "again = this.#copy(slot)",
      replace: "again = slot",
      breaks: "a late attempt is cut instead of copied",
    },
  ]),
  ...inFile("packages/lab/src/sim/feedback.ts", [
    {
      id: "idle-reports-to-one",
      find: "const balancer = luck.below(balancers);",
      replace: "const balancer = 0;",
      breaks: "every idle server reports to the first balancer",
      by: "T5",
    },
    {
      id: "idle-reports-to-many",
      find: "    knownBy[server] = balancer;\n",
      replace: "",
      breaks: "an idle server is in several queues",
    },
    {
      id: "reports-seldom",
      find: "agenda.at(agenda.now + everyMs, tell, server, 0);",
      replace: "agenda.at(agenda.now + 3 * everyMs, tell, server, 0);",
      breaks: "servers report a third as often",
    },
  ]),
  ...inFile("packages/lab/src/sim/meter.ts", [
    {
      id: "latency-of-last-attempt",
      find: "const latency = this.#agenda.now - arrivedAt;",
      replace: "const latency = this.#agenda.now - (this.#attempts.givenAt[slot] as number);",
      breaks: "latency counts from the last attempt",
      by: "E15",
    },
    {
      id: "warm-up-counts",
      find: "    if (arrivedAt < this.warmupMs) return;\n    (this.outcomes",
      replace: "    (this.outcomes",
      breaks: "requests of the warm-up are measured",
    },
    {
      id: "depths-one-off",
      find: "(this.depths[deep < DEEPEST ? deep : DEEPEST - 1] as number)++;",
      replace: "(this.depths[deep < DEEPEST ? deep + 1 : DEEPEST - 1] as number)++;",
      breaks: "the queue lengths are one too long",
      by: "T1",
    },
  ]),
  ...inFile("packages/lab/src/sim/load-estimate.ts", [
    {
      id: "estimate-not-scaled",
      find: "return far ? (latency * target) / depth : latency;",
      replace: "return latency;",
      breaks: "a server that became empty goes on reporting a high latency",
      by: "R2",
    },
    {
      id: "estimate-utilization",
      find: "worked / (this.#baseSpeed[server] as number) / elapsed / workers",
      replace: "worked / (this.#baseSpeed[server] as number) / elapsed",
      breaks: "a server with several workers reports too much utilization",
    },
  ]),
  ...inFile("packages/lab/src/sim/servers.ts", [
    {
      id: "slower-is-faster",
      find: "/ (this.#slowness[server] as number)",
      replace: "* (this.#slowness[server] as number)",
      breaks: "a slowed server is faster",
      by: "R1",
    },
    {
      id: "cache-costs-all",
      find: "demand * this.hitShare : demand",
      replace: "demand : demand",
      breaks: "a key in the cache saves nothing",
    },
  ]),
  ...inFile("packages/lab/src/sim/view.ts", [
    {
      id: "limit-one-more",
      find: "this.inFlight >= this.maxConnections",
      replace: "this.inFlight > this.maxConnections",
      breaks: "a server takes one request above its limit",
    },
  ]),
];
