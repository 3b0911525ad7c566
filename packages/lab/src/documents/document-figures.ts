// Lists all figures of docs/algorithms that do not belong to a scenario. A new figure needs a file and a row here.
import type { DocumentFigure } from "./document-figure.ts";
import { packing } from "./packing.ts";
import { reports } from "./reports.ts";
import { failover, slowStartCurves } from "./rules.ts";
import { scorecardMany, scorecardTwo } from "./scorecards.ts";
import { weights } from "./weights.ts";

export const DOCUMENT_FIGURES: readonly DocumentFigure[] = [
  scorecardTwo,
  scorecardMany,
  weights,
  packing,
  reports,
  failover,
  slowStartCurves,
];
