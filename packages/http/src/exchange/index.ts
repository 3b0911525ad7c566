// A request and its answer, as a handler sees them.
export { type AnswerSink, CollectedAnswer } from "./answer-sink.ts";
export type { BodySink } from "./body-sink.ts";
export type {
  AnswerBody,
  BodyTransform,
  MakeTransform,
  TransformTarget,
} from "./body-transform.ts";
export type {
  AbortCause,
  Exchange,
  ExchangeListener,
  TunnelSide,
  TunnelTimeouts,
} from "./exchange.ts";
export { MemoryExchange, type MemoryRequest } from "./memory-exchange.ts";
export { TransformedBody, type TransformOwner } from "./transformed-body.ts";
