// All topics, in the order of their tables in docs/conformance.md.
import type { Topic } from "../case.ts";
import { answerHeads } from "./answer-heads.ts";
import { bodiesAndExpect } from "./bodies-and-expect.ts";
import { chunks } from "./chunks.ts";
import { connectionLife } from "./connection-life.ts";
import { fields } from "./fields.ts";
import { framing } from "./framing.ts";
import { limits } from "./limits.ts";
import { responses } from "./responses.ts";
import { rules } from "./rules.ts";
import { serverConnections } from "./server-connections.ts";
import { serverFaults } from "./server-faults.ts";
import { targetAndHost } from "./target-and-host.ts";
import { upgrade } from "./upgrade.ts";

export const TOPICS: readonly Topic[] = [
  framing,
  chunks,
  fields,
  targetAndHost,
  rules,
  limits,
  bodiesAndExpect,
  connectionLife,
  serverConnections,
  upgrade,
  responses,
  answerHeads,
  serverFaults,
];
