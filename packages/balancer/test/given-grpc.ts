// A service of gRPC and clients of it, both by @grpc/grpc-js. Messages are plain bytes, so no compiler of protocols is needed.
import {
  type ChannelCredentials,
  Client,
  type ClientOptions,
  credentials,
  Metadata,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServiceError,
  type StatusObject,
  type status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";

const same = (message: Buffer): Buffer => message;
const method = (name: string, request: boolean, response: boolean) => ({
  path: `/test.Echo/${name}`,
  requestStream: request,
  responseStream: response,
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
});

/** The four kinds of calls. */
export const ECHO = {
  unary: method("Unary", false, false),
  collect: method("Collect", true, false),
  repeat: method("Repeat", false, true),
  chat: method("Chat", true, true),
} as const satisfies Readonly<Record<string, MethodDefinition<Buffer, Buffer>>>;

interface GrpcServer extends AsyncDisposable {
  readonly port: number;
  /** Ends every connection at once, as if the process was killed. */
  kill(): void;
}

/** Returns a server of `calls` on a free port of 127.0.0.1; over TLS with a `pair`. */
export async function givenGrpcServer(
  calls: UntypedServiceImplementation,
  pair?: { readonly cert: string; readonly key: string },
): Promise<GrpcServer> {
  const server = new Server({
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
  });
  server.addService(ECHO, calls);
  const keys = pair && [{ cert_chain: Buffer.from(pair.cert), private_key: Buffer.from(pair.key) }];
  const secure = keys
    ? ServerCredentials.createSsl(null, keys)
    : ServerCredentials.createInsecure();
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", secure, (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  const kill = () => server.forceShutdown();
  return {
    port,
    kill,
    [Symbol.asyncDispose]: async () => kill(),
  };
}

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
    path = ECHO.unary.path,
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
