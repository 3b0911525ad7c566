// Faults in the statistics.
import { inFile, type Mutant } from "../mutant.ts";

export const STATISTICS: readonly Mutant[] = [
  ...inFile("packages/lab/src/stats/estimate.ts", [
    {
      id: "interval-68",
      find: "  confidence = 0.95,\n  critical",
      replace: "  confidence = 0.68,\n  critical",
      breaks: "the 95 % interval of a mean is one of 68 %",
      by: "S1",
    },
    {
      id: "interval-normal",
      find: "const studentsT: CriticalValue = ({ length }, confidence) => tQuantile(confidence, length - 1);",
      replace: "const studentsT: CriticalValue = (_, confidence) => tQuantile(confidence, 1000);",
      breaks: "the interval of a mean is the normal one instead of Student's",
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
      id: "comparison-68",
      find: "{ confidence = 0.95 }: {",
      replace: "{ confidence = 0.68 }: {",
      breaks: "the 95 % interval of a difference is one of 68 %",
      by: "S1",
    },
    {
      id: "comparison-few-pairs",
      find: "export const FEWEST_PAIRS = 5;",
      replace: "export const FEWEST_PAIRS = 2;",
      breaks: "two pairs are enough for a verdict",
    },
    {
      id: "comparison-swapped",
      find: 'difference < 0 ? "lower" : "higher"',
      replace: 'difference > 0 ? "lower" : "higher"',
      breaks: "a verdict says the contrary",
    },
  ]),
  ...inFile("packages/lab/src/stats/critical-value.ts", [
    {
      id: "critical-without-spread",
      find: "return Math.abs(mean) / Math.sqrt(spread / (count - 1) / count);",
      replace: "return Math.abs(mean) / Math.sqrt(spread / count);",
      breaks: "the bootstrap does not divide by the standard error, so intervals are too narrow",
      by: "S1",
    },
  ]),
  ...inFile("packages/lab/src/stats/student.ts", [
    {
      id: "student-one-sided",
      find: "degrees) > 1 - confidence) low = middle;",
      replace: "degrees) > 2 * (1 - confidence)) low = middle;",
      breaks: "the quantile is that of one side",
      by: "S1",
    },
  ]),
  ...inFile("packages/lab/src/stats/holm.ts", [
    {
      id: "holm-not-corrected",
      find: "(values[index] ?? 1) * (order.length - rank)",
      replace: "(values[index] ?? 1) * 1",
      breaks: "many comparisons are not corrected for their number",
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
