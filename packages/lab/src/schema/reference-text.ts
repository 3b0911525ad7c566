// The text above the tables of docs/lab/scenarios.md: examples, and what applies to the whole file.

export const INTRODUCTION = `# Scenario files

<!-- Made by \`node scripts/generate.ts\` from the schema in packages/lab/src/schema; change it there. -->

A scenario is everything about a simulated run except the algorithm and the seed. A file has one scenario, or variants
of scenarios with the algorithms to compare. \`tandem lab run\`, \`compare\` and \`report\` read such a file; the
[library](../../packages/lab/README.md) takes the same scenarios as objects. What is written is checked before anything is
simulated: a fault is reported with its place, the value, what is expected and what was probably meant, and the command
exits 2.

Times are numbers of milliseconds, rates are requests per second. Keys that are left out have the default that their
meaning names. Servers are numbered from 0 on, in the order of their groups.

## One scenario

\`\`\`json
{
  "name": "three servers, one slow for a while",
  "durationMs": 60000,
  "warmupMs": 5000,
  "traffic": { "kind": "open", "arrivals": { "kind": "poisson", "rate": 200 } },
  "service": { "kind": "lognormal", "mean": 10, "sigma": 1 },
  "servers": [{ "count": 3 }],
  "client": { "timeoutMs": 2000 },
  "faults": [{ "kind": "brown-out", "servers": [0], "atMs": 20000, "forMs": 20000, "factor": 5 }]
}
\`\`\`

\`\`\`sh
tandem lab run mine.json
tandem lab run mine.json --algorithms least-conn random:draws=3 peak-ewma:decay=5s
\`\`\`

## Variants

Several scenarios in one file become one table with a part for each. With \`x\` and \`axis\` the figures of \`--out\` are
curves. \`candidates\` are the algorithms, as texts or as mappings; \`only\` says which of them run in a variant.

\`\`\`json
{
  "title": "Two boxes, the second half as fast",
  "question": "Does it help to know the weights?",
  "axis": "load",
  "candidates": [
    "least-conn",
    "peak-ewma:decay=5s",
    { "label": "by user", "algorithm": "cookie", "parameters": { "hash": { "method": "ring" } } }
  ],
  "variants": [
    {
      "label": "load .4",
      "x": 0.4,
      "scenario": {
        "name": "two boxes",
        "durationMs": 20000,
        "traffic": { "kind": "open", "arrivals": { "kind": "poisson", "rate": 60 } },
        "service": { "kind": "exponential", "mean": 10 },
        "servers": [{ "count": 1 }, { "count": 1, "speed": 0.5, "weight": 0.5 }],
        "keys": { "count": 1000, "zipf": 0.9 }
      }
    },
    {
      "label": "load .6",
      "x": 0.6,
      "only": ["least-conn", "peak-ewma:decay=5s"],
      "scenario": {
        "name": "two boxes",
        "durationMs": 20000,
        "traffic": { "kind": "open", "arrivals": { "kind": "poisson", "rate": 90 } },
        "service": { "kind": "exponential", "mean": 10 },
        "servers": [{ "count": 1 }, { "count": 1, "speed": 0.5, "weight": 0.5 }]
      }
    }
  ]
}
\`\`\`

\`\`\`sh
tandem lab run boxes.json --variants "load .6"
\`\`\`

The file that \`--out\` writes beside its figures is such a file, with the origin of the figures; lists of more than a
thousand numbers are left out of it.

## Algorithms and their parameters

The parameters are the keys that the algorithm has below \`balance\` in [tandem.yaml](../configuration.md#balance), with the
same spelling and the same ranges: \`"parameters": { "decay": "5s", "failurePenalty": "0s" }\`. In a text they stand behind a
colon, with a dot where a key is within another: \`uri:hash.method=ring,hash.balanceFactor=1.25\`. An algorithm that hashes
needs \`keys\` in the scenario, and one that learns from load reports needs \`reports\`.

## Size

A scenario is refused if it has more than 100,000,000 requests, health checks or other events of one sort, or more than
20,000,000 numbers in its time series. \`--any-size\` runs it nevertheless; in a program, \`anySize: true\`.

## In an editor

\`packages/lab/scenario.schema.json\` gives completion and checks while typing, if the file names it:

\`\`\`json
{
  "$schema": "packages/lab/scenario.schema.json",
  "name": "a scenario with a schema",
  "durationMs": 10000,
  "traffic": { "kind": "open", "arrivals": { "kind": "poisson", "rate": 100 } },
  "service": { "kind": "exponential", "mean": 10 },
  "servers": [{ "count": 2 }]
}
\`\`\`
`;
