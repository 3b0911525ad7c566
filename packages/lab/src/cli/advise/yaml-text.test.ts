// What the advice says to write is what tandem.yaml takes.
import { parseConfig } from "@tandem/config";
import t from "tap";
import type { Setting } from "../../advise/rank.ts";
import { CANDIDATES } from "../../scenarios/study.ts";
import { yamlLines } from "./yaml-text.ts";

const site = (...weights: readonly number[]) => ({
  ...{ workers: 4, rate: 10, maxConnections: 0 },
  servers: weights.map((weight, i) => ({ name: `box${i + 1}`, speed: 1, weight })),
  work: { kind: "drawn", distribution: { kind: "constant", value: 10 } } as const,
});

const setting = (candidate: Setting["candidate"], ...weights: readonly number[]): Setting => ({
  ...{ candidate, weights, weighted: "by speed" },
});

/** The file of a site in which the lines stand, with the servers' addresses beside their weights. */
function configured(lines: readonly string[]) {
  const given = lines
    .map((line) => line.replace("{ weight", "{ address: 10.0.0.1:80, weight"))
    .join("\n      ");
  const servers = given.includes("servers:")
    ? ""
    : "      servers: { box1: { address: 10.0.0.1:80 } }";
  const text = `site: a.test
balancer:
  frontends: { http: { bind: "*:8080", routes: [{ backend: web }] } }
  backends:
    web:
      ${given.replaceAll("\n        ", "\n      ").trim()}
${servers}
`;
  return parseConfig(text, "tandem.yaml", { env: {} }).balancer?.backends.web;
}

t.test("algorithms with their parameters, and weights", async (t) => {
  for (const candidate of Object.values(CANDIDATES).filter(
    ({ label }) => !["jsq", "least-work-left"].includes(label),
  )) {
    const backend = configured(yamlLines(site(1, 1), setting(candidate, 1, 2)));
    t.equal(backend?.balance.algorithm, candidate.algorithm, candidate.label);
    t.match(backend?.servers, { box1: { weight: 1 }, box2: { weight: 2 } });
  }
  t.match(configured(yamlLines(site(1, 1), setting(CANDIDATES.random3, 1, 1)))?.balance, {
    draws: 3,
  });
});

t.test("equal weights are not written, and the ones of today are taken out", async (t) => {
  t.same(yamlLines(site(1, 1), setting(CANDIDATES.leastConn, 1, 1)), [
    "  balance: { algorithm: least-conn }",
  ]);
  const [, note] = yamlLines(site(1, 3), setting(CANDIDATES.leastConn, 1, 1));
  t.match(note, "no weight at any server");
});

t.test("a file of one's own is a module with its parameters", async (t) => {
  const own = { label: "./mine.ts:busyAt=3", algorithm: "./mine.ts:busyAt=3" };
  t.same(yamlLines(site(1, 1), setting(own, 1, 1)), [
    "  balance: { algorithm: module, module: ./mine.ts, parameters: {busyAt: 3} }",
  ]);
});
