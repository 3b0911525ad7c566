// The HTTP/1.1 codec: it takes bytes and gives bytes. It uses no sockets, no clock and no other package.
export type { BodySink } from "./exchange/body-sink.ts";
export { BodyDecoder } from "./h1/body-decoder.ts";
export { HeadReader } from "./h1/head-reader.ts";
export { DEFAULT_LIMITS, type HeadLimits, type RequestLimits } from "./h1/limits.ts";
export { parseRequestHead } from "./h1/parse-request.ts";
export { parseResponseHead } from "./h1/parse-response.ts";
export { plainAnswerHead, plainRequestLines } from "./h1/plain-lines.ts";
export {
  afterTarget,
  chunkHeader,
  LAST_CHUNK,
  lastChunk,
  requestFraming,
  writeRequestHead,
  writeResponseHead,
} from "./h1/serializer.ts";
export { answerFields } from "./message/answer-fields.ts";
export { asksConnectionLogin, logsConnectionIn } from "./message/connection-login.ts";
export { httpDate, parseHttpDate } from "./message/date.ts";
export { Fields } from "./message/fields.ts";
export { type ForwardedBy, forwardedLines, setForwarded } from "./message/forwarded.ts";
export { callsGrpc, hasGrpcType } from "./message/grpc.ts";
export {
  CHUNKED,
  type HttpVersion,
  RequestHead,
  ResponseHead,
  UNTIL_CLOSE,
  versionText,
} from "./message/head.ts";
export { HeaderFields } from "./message/header-fields.ts";
export { stripFraming, stripHopByHop } from "./message/hop-by-hop.ts";
export { hostName, parseAuthority } from "./message/host.ts";
export { normalizePath, resolveDotSegments } from "./message/path.ts";
export { ProtocolFailure, type Sender } from "./message/protocol-failure.ts";
export { reasonPhrase } from "./message/status.ts";
export { acceptsTrailers, dropOverruling, passedTrailers } from "./message/trailers.ts";
export { addVia, hasVia } from "./message/via.ts";
export { websocketAccept, websocketKey } from "./message/websocket.ts";
export { flat } from "./text/flat.ts";
