// Describes for people how an algorithm of their own did in `tandem lab test`.
import { palette } from "@tandem/telemetry/colors";
import type { Verdict } from "../checks/check.ts";
import type { FleetSize } from "../documents/scenes.ts";
import type { SceneScore } from "../documents/score-scenes.ts";
import { withUnit } from "../figures/numbers.ts";
import type { KeptRule } from "../own/own-contract.ts";
import { table } from "./terminal.ts";

export function contractText(name: string, rules: readonly KeptRule[]): string {
  const { bold, dim, red } = palette();
  const lines = rules.flatMap(({ says, holds, fault = "" }) =>
    holds
      ? [`   ok  ${says}`]
      : [red(`   NO  ${says}`), ...fault.split("\n").map((line) => `       ${line}`)],
  );
  return [
    bold(name),
    "",
    bold("contract") + dim("  random servers, random events"),
    ...lines,
    "",
  ].join("\n");
}

/** The scorecard: one row per situation, the user's own algorithm first. A star is the best, or as good as that. */
export function scoresText(fleet: FleetSize, scores: readonly SceneScore[], seeds: number): string {
  const { bold, dim } = palette();
  const rows = [...Map.groupBy(scores, ({ scene }) => scene.label)];
  const names = rows[0]?.[1].map(({ candidate }) => candidate.label) ?? [];
  const [head = "", ...body] = table([
    ["", ...names.map((name, i) => (i === 0 ? "yours" : name))],
    ...rows.map(([label, own]) => [
      `  ${label}`,
      ...own.map(({ mean, best, scene }) => withUnit(mean, scene.metric.unit) + (best ? " *" : "")),
    ]),
  ]);
  return [
    bold(`scorecard  ${fleet.name}`),
    dim(head),
    ...body,
    dim(
      `means of seeds 1 to ${seeds}, lower is better; * the best, or not significantly different`,
    ),
    "",
  ].join("\n");
}

/** The last words: what does not hold, and what that means. */
export function rulesText(rules: readonly KeptRule[], checks: readonly Verdict[]): string {
  const { bold, green, red } = palette();
  const broken = rules.filter(({ holds }) => !holds).length;
  if (broken > 0)
    return bold(
      red(
        `${broken} of ${rules.length} rules of the contract are broken; checks and scorecard are left out,`,
      ) + red(" because the balancer's guard would choose in its place"),
    );
  const failed = checks.filter(({ verdict }) => verdict === "fails").map(({ id }) => id);
  return bold(
    failed.length === 0
      ? green("the contract is kept and all checks hold")
      : red(`${failed.length} of ${checks.length} checks do not hold: ${failed.join(", ")}`),
  );
}
