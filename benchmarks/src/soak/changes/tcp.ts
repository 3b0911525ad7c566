// TCP: tunnels of bytes that are used for a long time, and short connections one after the other.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type ClientOptions, NotAccepted, otherBox, patient } from "./client.ts";
import { reasonOf } from "./counts.ts";
import { Inbox } from "./inbox.ts";
import { type Tunnel, TunnelEnded, useTunnels } from "./tunnel.ts";

const SHORT_PAUSE_MS = 50;
const SHORT = Buffer.alloc(2_000, "short ");

export function tcpTunnels(options: ClientOptions): Promise<void> {
  return useTunnels(options, (box) => open(options.site.ports[box].tcp));
}

/** Short connections: each sends some bytes, waits for their echo, and ends. */
export async function shortTcp(options: ClientOptions): Promise<void> {
  const { site, counts, over } = options;
  let { box } = options;
  while (!over.aborted) {
    try {
      const tunnel = await open(site.ports[box].tcp);
      const echoed = await tunnel.echo(SHORT).finally(() => tunnel.close());
      if (!echoed.equals(SHORT)) throw new Error("other bytes came back");
      counts.answered += 1;
    } catch (error) {
      if (error instanceof NotAccepted) {
        counts.moved += 1;
        box = otherBox(box);
      } else counts.failed.push(`short: ${reasonOf(error)}`);
    }
    await sleep(SHORT_PAUSE_MS);
  }
}

async function open(port: number): Promise<Tunnel> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  try {
    await patient(once(socket, "connect"), "connection");
  } catch (error) {
    socket.destroy();
    throw new NotAccepted(reasonOf(error), { cause: error });
  }
  const inbox = new Inbox();
  socket.on("data", inbox.put);
  const ended = endOf(socket);
  ended.catch(() => undefined);
  return {
    async echo(message) {
      socket.write(message);
      return patient(inbox.take(message.length, ended), "echo");
    },
    close: () => socket.destroy(),
  };
}

function endOf(socket: Socket): Promise<never> {
  return new Promise((_, reject) => {
    socket.once("error", (error) => reject(new TunnelEnded(reasonOf(error))));
    socket.once("end", () => reject(new TunnelEnded("ended by the other side")));
    socket.once("close", () => reject(new TunnelEnded("closed")));
  });
}
