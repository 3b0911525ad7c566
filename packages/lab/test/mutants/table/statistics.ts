// Faults in the statistics.
import { inFile, type Mutant } from "../mutant.ts";

export const STATISTICS: readonly Mutant[] = [
  ...inFile("packages/lab/src/stats/estimate.ts", [
    {
      id: "interval-68",
      find: "confidence = 0.95,",
      replace: "confidence = 0.68,",
      breaks: "the 95 % interval is one of 68 %",
      by: "S1",
    },
    {
      id: "interval-normal",
      find: "tQuantile(confidence, length - 1);",
      replace: "tQuantile(confidence, 1_000);",
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
  ...inFile("packages/lab/src/stats/compare.ts", [
    {
      id: "not-corrected",
      find: "const corrected = holm(comparisons.map(({ p }) => p));",
      replace: "const corrected = comparisons.map(({ p }) => p);",
      breaks: "comparisons are not corrected for their number",
    },
    {
      id: "interval-of-difference-68",
      find: "criticalValue(differences, confidence)",
      replace: "criticalValue(differences, 0.68)",
      breaks: "the 95 % interval of a difference is one of 68 %",
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
