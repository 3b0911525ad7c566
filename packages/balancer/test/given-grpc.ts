// Clients of gRPC, by @grpc/grpc-js. Messages are plain bytes, so no compiler of protocols is needed.
import {
  type ChannelCredentials,
  Client,
  type ClientOptions,
  credentials,
  Metadata,
  type ServiceError,
  type StatusObject,
  type status,
} from "@grpc/grpc-js";

const same = (message: Buffer): Buffer => message;
interface GrpcClient extends Disposable {
  readonly client: Client;
  /** Resolves to the answer, or to the error as a status. */
  unary(
    message: Buffer | string,
    metadata?: Metadata,
    deadlineMs?: number,
    path?: string,
  ): Promise<UnaryAnswer>;
}

interface UnaryAnswer {
  readonly code: status;
  readonly details: string;
  readonly message: Buffer | undefined;
  readonly head: Metadata | undefined;
  readonly trailers: Metadata;
}

/** Returns a client of the service at `port`, over TLS where `secure` says how. */
export function givenGrpcClient(
  port: number,
  secure: ChannelCredentials = credentials.createInsecure(),
  options: ClientOptions = {},
): GrpcClient {
  const client = new Client(`127.0.0.1:${port}`, secure, {
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
    "grpc.enable_retries": 0,
    ...options,
  });
  const unary: GrpcClient["unary"] = (
    sent,
    metadata = new Metadata(),
    deadlineMs = 60_000,
    path = "/test.Echo/Unary",
  ) =>
    new Promise((resolve) => {
      let message: Buffer | undefined;
      let head: Metadata | undefined;
      const args = [path, same, same, Buffer.from(sent)] as const;
      const till = { deadline: Date.now() + deadlineMs };
      const done = (_: ServiceError | null, value?: Buffer) => {
        message = value;
      };
      const call = client.makeUnaryRequest(...args, metadata, till, done);
      call.on("metadata", (received: Metadata) => {
        head = received;
      });
      call.on("status", ({ code, details, metadata: trailers }: StatusObject) =>
        queueMicrotask(() => resolve({ code, details, message, head, trailers })),
      );
    });
  return { client, unary, [Symbol.dispose]: () => client.close() };
}
