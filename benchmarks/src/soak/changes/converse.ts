// The only method of the gRPC echo servers: the messages that a client sends come back.
import type { MethodDefinition } from "@grpc/grpc-js";

const same = (message: Buffer): Buffer => message;

export const CONVERSE: MethodDefinition<Buffer, Buffer> = {
  path: "/echo.Echo/Converse",
  ...{ requestStream: true, responseStream: true },
  ...{ requestSerialize: same, requestDeserialize: same },
  ...{ responseSerialize: same, responseDeserialize: same },
};
