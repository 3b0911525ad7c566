// gRPC, by its own client: streams of messages in both directions, one call after the other on a kept channel. A call is
// made again only at the other box, and only when it got no connection.
import { setTimeout as sleep } from "node:timers/promises";
import {
  Client,
  type ClientDuplexStream,
  credentials,
  type ServiceError,
  type StatusObject,
  status,
} from "@grpc/grpc-js";
import type { Box } from "../site/config.ts";
import { type ClientOptions, NAME, NotAccepted, otherBox, patient } from "./client.ts";
import { CONVERSE } from "./converse.ts";
import { reasonOf } from "./counts.ts";
import { Inbox } from "./inbox.ts";

const MESSAGES = 8;
const PAUSE_MS = 100;

/** Makes calls until the clients stop. */
export async function grpc(options: ClientOptions): Promise<void> {
  const { counts, over } = options;
  let { box } = options;
  let client = open(options, box);
  while (!over.aborted) {
    try {
      await converse(client, () => {
        counts.answered += 1;
      });
    } catch (error) {
      if (error instanceof NotAccepted) {
        counts.moved += 1;
        box = otherBox(box);
        client.close();
        client = open(options, box);
      } else counts.failed.push(reasonOf(error));
      await sleep(PAUSE_MS);
    }
  }
  client.close();
}

function open({ site, ca }: ClientOptions, box: Box): Client {
  const address = `127.0.0.1:${site.ports[box].balancer}`;
  return new Client(address, credentials.createSsl(Buffer.from(ca)), {
    "grpc.ssl_target_name_override": NAME,
    "grpc.default_authority": NAME,
    "grpc.enable_retries": 0,
    "grpc.use_local_subchannel_pool": 1, // each client has a connection of its own
  });
}

async function converse(client: Client, echoed: () => void): Promise<void> {
  const { path, requestSerialize, responseDeserialize } = CONVERSE;
  const call = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  const inbox = new Inbox();
  call.on("data", inbox.put);
  const { done, failed } = outcomeOf(call);
  for (let count = 0; count < MESSAGES; count += 1) {
    const message = Buffer.from(`message ${count} of a call;`);
    call.write(message);
    const echo = await patient(inbox.take(message.length, failed), "echo");
    if (!echo.equals(message)) throw new Error(`'${echo}' came back for '${message}'`);
    echoed();
    await sleep(PAUSE_MS);
  }
  call.end();
  await patient(Promise.race([done, failed]), "status");
}

/** `done` resolves when the call has ended with the status OK. `failed` rejects when it ends with another one. */
function outcomeOf(call: ClientDuplexStream<Buffer, Buffer>) {
  const done = new Promise<void>((resolve) => {
    call.once("status", ({ code }: StatusObject) => {
      if (code === status.OK) resolve();
    });
  });
  const failed = new Promise<never>((_, reject) => {
    call.once("error", ({ code, details }: ServiceError) => {
      const refused =
        code === status.UNAVAILABLE && details.startsWith("No connection established");
      reject(refused ? new NotAccepted(details) : new Error(`${status[code]} ${details}`));
    });
  });
  failed.catch(() => undefined);
  return { done, failed };
}
