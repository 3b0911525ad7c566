// Yardsticks: algorithms for comparison. Some yardsticks know more than a balancer can know, the
// others make a deliberate mistake. No configuration can choose a yardstick.
import { draws, jsq, leastReported } from "@tandem/balancer/pickers";
import { LeastWorkLeft } from "./least-work-left.ts";
import { LowestIndex } from "./lowest-index.ts";
import type { Subject } from "./subject.ts";

const SHORTEST_LINE = {
  paper: "Winston, Optimality of the shortest line discipline (1977)",
  href: "https://doi.org/10.2307/3213271",
};

export const YARDSTICK_ROWS: Readonly<Record<string, Subject>> = {
  jsq: {
    title: "Yardstick: the shortest queue",
    idea: "Knows the true queue of every server at every moment, which no balancer can.",
    ...SHORTEST_LINE,
    options: {},
    open: jsq,
  },
  "least-work-left": {
    title: "Yardstick: the least work left",
    idea: "Knows how long every request will take: as good as one queue in front of all servers.",
    paper:
      "Equals the M/G/c queue, first come, first served; Gupta et al. (2007) for servers that share",
    options: {},
    open: (environment) => new LeastWorkLeft(environment),
  },
  "least-reported": {
    title: "Yardstick: least by last report",
    idea: "Believes what servers last reported, however old that is.",
    paper: "Mitzenmacher, How useful is old information? (2000)",
    href: "https://doi.org/10.1109/71.824633",
    options: { draws: draws(0) },
    open: (environment, { draws }) => leastReported(environment, Number(draws ?? 0)),
  },
  "least-conn-by-index": {
    title: "The mistake: ties to the first",
    idea: "Least connections where a tie goes to the first of the list, so independent balancers all run to it.",
    paper: "For comparison with random ties",
    options: {},
    open: () => new LowestIndex(),
  },
};
