// The scorecards of the page "Which one should I use": one row per situation in which the
// algorithms are compared (scenes.ts), one column per algorithm.
import { withUnit } from "../figures/numbers.ts";
import { scorecard } from "../figures/scorecard.ts";
import type { DocumentFigure } from "./document-figure.ts";
import { type FleetSize, MANY, scenesOf, TWO } from "./scenes.ts";
import { CONTESTANTS, scoreScene } from "./score-scenes.ts";

const SEEDS = { two: 30, many: 10 } as const;

function card(name: string, question: string, fleet: FleetSize, seeds: number): DocumentFigure {
  return {
    name,
    seeds,
    make: (list) => {
      const scenes = scenesOf(fleet);
      const scores = scenes.flatMap((scene) => scoreScene(scene, list));
      return {
        figure: scorecard({
          name,
          question,
          note:
            `Two workers a server, 10 ms of work; means of seeds 1 to ${list.length}. Bold: the best of the ` +
            "row and whatever does not differ significantly from it. Darker: further from it. Lower is better.",
          scores: scores.map(({ scene, candidate, mean, distance }) => ({
            scenario: scene.label,
            algorithm: candidate.label,
            value: mean,
            text: withUnit(mean, scene.metric.unit),
            distance,
          })),
        }),
        from: {
          fleet,
          candidates: CONTESTANTS,
          scenes: scenes.map(({ label, scenario }) => ({ label, scenario })),
        },
      };
    },
  };
}

export const scorecardTwo = card("scorecard-two", `Who does well on ${TWO.name}?`, TWO, SEEDS.two);
export const scorecardMany = card(
  "scorecard-many",
  `Who does well on ${MANY.name}?`,
  MANY,
  SEEDS.many,
);
