// What the page says about each algorithm: its idea in a sentence, and where it comes from.

export interface Note {
  readonly title: string;
  readonly idea: string;
  readonly paper: string;
  readonly href?: string;
}

const NOTES: Readonly<Record<string, Note>> = {
  "round-robin": {
    title: "Round robin (smooth, weighted)",
    idea: "Everybody in turn, a server of weight 5 five times as often but never five times in a row.",
    paper: "Igor Sysoev's smooth weighted round robin, nginx 1.3.1 (2012)",
    href: "https://github.com/phusion/nginx/commit/27e94984486058d73157038f7950a0a36ecc6e35",
  },
  "static-rr": {
    title: "Static round robin",
    idea: "The same rotation, fixed when a server joins: later changes of weight are ignored.",
    paper: "HAProxy, balance static-rr",
    href: "https://docs.haproxy.org/3.2/configuration.html#4.2-balance",
  },
  "least-conn": {
    title: "Least connections",
    idea: "Looks at every server and takes the one with the fewest requests in flight per weight.",
    paper: "Winston, Optimality of the shortest line discipline (1977)",
    href: "https://doi.org/10.2307/3213271",
  },
  random: {
    title: "Random, the best of two",
    idea: "Draws two servers and takes the less loaded: nearly as good as looking at all, and no herd.",
    paper: "Mitzenmacher, The power of two choices in randomized load balancing (2001)",
    href: "https://doi.org/10.1109/71.963420",
  },
  "peak-ewma": {
    title: "Peak EWMA",
    idea: "Of two servers the one with the lower latency × queue; one slow answer counts at once, good ones only by and by.",
    paper: "Twitter Finagle; Buoyant, Beyond round robin (2016)",
    href: "https://linkerd.io/2016/03/16/beyond-round-robin-load-balancing-for-latency/",
  },
  "least-time": {
    title: "Least time",
    idea: "Average response time × requests it would then have, over all servers, in steps of 20 ms.",
    paper: "nginx, least_time",
    href: "https://nginx.org/en/docs/http/ngx_http_upstream_module.html#least_time",
  },
  prequal: {
    title: "Prequal",
    idea: "Asks servers all the time how busy they are, and takes a fast one of those that are not hot.",
    paper: "Wydrowski et al., Load is not what you should balance: introducing Prequal (NSDI 2024)",
    href: "https://arxiv.org/abs/2312.10172",
  },
  first: {
    title: "First with room",
    idea: "Fills the first server up to its limit (set one: “Limit each”), then the next; the last ones can be switched off.",
    paper: "Gandhi et al., AutoScale (CMU-CS-12-109)",
  },
  uri: {
    title: "Hash of a key",
    idea: "The same key always meets the same server; the method decides how few keys move when servers change.",
    paper: "Karger et al. 1997 (ring); Eisenbud et al. 2016 (Maglev); Lamping & Veach 2014 (jump)",
    href: "https://www.usenix.org/conference/nsdi16/technical-sessions/presentation/eisenbud",
  },
  "client-side-wrr": {
    title: "Weighted by reports",
    idea: "Servers tell how busy they are; each gets requests in proportion to what it would serve at full use.",
    paper: "gRPC proposal A58, client-side weighted round robin",
    href: "https://github.com/grpc/proposal/blob/master/A58-client-side-weighted-round-robin-lb-policy.md",
  },
  "join-idle-queue": {
    title: "Join the idle queue",
    idea: "Servers that run idle queue up; a request takes the first and looks at nobody's load.",
    paper: "Lu et al., Join-Idle-Queue (2011)",
    href: "https://doi.org/10.1016/j.peva.2011.07.015",
  },
  jsq: {
    title: "Yardstick: the shortest queue",
    idea: "Knows the true queue of every server at every moment, which no balancer can.",
    paper: "Winston, Optimality of the shortest line discipline (1977)",
    href: "https://doi.org/10.2307/3213271",
  },
  "least-work-left": {
    title: "Yardstick: the least work left",
    idea: "Knows how long every request will take: as good as one queue in front of all servers.",
    paper: "Equals the M/G/c queue, first come, first served",
  },
  "least-reported": {
    title: "Yardstick: least by last report",
    idea: "Believes what servers last reported, however old that is.",
    paper: "Mitzenmacher, How useful is old information? (2000)",
    href: "https://doi.org/10.1109/71.824633",
  },
  "least-conn-by-index": {
    title: "The mistake: ties to the first",
    idea: "Least connections where a tie goes to the first of the list, so independent balancers all run to it.",
    paper: "For comparison with random ties",
  },
};

export function noteOf(algorithm: string): Note {
  return NOTES[algorithm] ?? { title: algorithm, idea: "", paper: "" };
}
