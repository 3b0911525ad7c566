// Faults in the statistics.
import { inFile, type Mutant } from "../mutant.ts";

export const STATISTICS: readonly Mutant[] = [
  ...inFile("packages/lab/src/stats/estimate.ts", [
    {
      id: "interval-68",
      find: "const z = 1.959964;",
      replace: "const z = 1;",
      breaks: "the 95 % interval is one of 68 %",
      by: "S1",
    },
    {
      id: "interval-normal",
      find: "return (\n    z +",
      replace: "return z || (\n    z +",
      breaks: "the interval is the normal one instead of Student's",
      by: "S1",
    },
    {
      id: "variance-of-population",
      find: "/ (count - 1);\n",
      replace: "/ count;\n",
      breaks: "the variance is that of a population",
      by: "S1",
    },
  ]),
  ...inFile("packages/lab/src/stats/histogram.ts", [
    {
      id: "quantile-lower-end",
      find: "return Math.min(this.max, low + (lowerBound(bucket + 1) - low) * share);",
      replace: "return Math.min(this.max, low);",
      breaks: "a quantile is the lower end of its bucket",
    },
    {
      id: "mean-of-buckets",
      find: "this.sum += value;\n    if (value > this.max)",
      replace: "this.sum += value * 1.001;\n    if (value > this.max)",
      breaks: "the mean is 0.1 % too high",
    },
  ]),
  ...inFile("packages/lab/src/stats/imbalance.ts", [
    {
      id: "jain-inverted",
      find: "jain: (sum * sum) / (loads.length * squares)",
      replace: "jain: (sum * sum) / squares",
      breaks: "Jain's index is not divided by the number of servers",
    },
  ]),
  ...inFile("packages/lab/src/stats/disruption.ts", [
    {
      id: "moves-all-needed",
      find: "if (!remaining.has(former) || !known.has(owner)) necessary++;",
      replace: "if (remaining.has(former) || !known.has(owner)) necessary++;",
      breaks: "needless moves count as necessary",
      by: "H3",
    },
  ]),
];
