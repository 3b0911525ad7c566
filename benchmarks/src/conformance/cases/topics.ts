// All topics, in the order of their tables in docs/conformance.md and docs/conformance-http2.md.
import type { Topic } from "../case.ts";
import { answerHeads } from "./answer-heads.ts";
import { bodiesAndExpect } from "./bodies-and-expect.ts";
import { chunks } from "./chunks.ts";
import { connectionLife } from "./connection-life.ts";
import { fields } from "./fields.ts";
import { framing } from "./framing.ts";
import { h2Answers } from "./h2/answers.ts";
import { h2Bodies } from "./h2/bodies.ts";
import { h2Control } from "./h2/control.ts";
import { h2Failures } from "./h2/failures.ts";
import { h2FlowControl } from "./h2/flow-control.ts";
import { h2Frames } from "./h2/frames.ts";
import { h2HeaderBlocks } from "./h2/header-blocks.ts";
import { h2Hpack } from "./h2/hpack.ts";
import { h2Limits } from "./h2/limits.ts";
import { h2Multiplexing } from "./h2/multiplexing.ts";
import { h2Opening } from "./h2/opening.ts";
import { h2Requests } from "./h2/requests.ts";
import { h2Streams } from "./h2/streams.ts";
import { h2ToServer } from "./h2/to-server.ts";
import { limits } from "./limits.ts";
import { responses } from "./responses.ts";
import { rules } from "./rules.ts";
import { serverConnections } from "./server-connections.ts";
import { serverFaults } from "./server-faults.ts";
import { targetAndHost } from "./target-and-host.ts";
import { upgrade } from "./upgrade.ts";

const HTTP1: readonly Topic[] = [
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

const HTTP2: readonly Topic[] = [
  h2Opening,
  h2Control,
  h2Frames,
  h2HeaderBlocks,
  h2Hpack,
  h2Streams,
  h2FlowControl,
  h2Multiplexing,
  h2Requests,
  h2ToServer,
  h2Bodies,
  h2Answers,
  h2Failures,
  h2Limits,
];

/** The topics by what the client speaks. */
export const TOPICS_BY_PROTOCOL = { h1: HTTP1, h2: HTTP2 } as const;
export const TOPICS: readonly Topic[] = [...HTTP1, ...HTTP2];
