// Starts the clients of all protocols, and ends them.
import { BOXES } from "../site/config.ts";
import type { Site } from "../site/site.ts";
import type { ClientOptions } from "./client.ts";
import { Counts } from "./counts.ts";
import { grpc } from "./grpc.ts";
import { http1 } from "./http1.ts";
import { Http2Client } from "./http2.ts";
import type { Moment } from "./moment.ts";
import { shortTcp, tcpTunnels } from "./tcp.ts";
import { websocket } from "./websocket.ts";

interface Named extends ClientOptions {
  readonly name: string;
}

/** A client works until it is told to stop. Resolves to the ids of the notes that it was promised are stored. */
type Client = (options: Named) => Promise<readonly string[]>;

const without = (client: (options: Named) => Promise<void>): Client => {
  return async (options) => {
    await client(options);
    return [];
  };
};

const CLIENTS: Readonly<Record<string, Client>> = {
  "HTTP/1.1": http1,
  "HTTP/2": (options) => new Http2Client(options).visit(),
  "HTTP/2 streams": without((options) => new Http2Client(options).converse()),
  gRPC: without(grpc),
  WebSocket: without(websocket),
  TCP: without(tcpTunnels),
  "short TCP": without(shortTcp),
};

export interface RunningClients {
  readonly counts: Readonly<Record<string, Counts>>;
  /** Lets the clients finish what they have begun. Resolves to the ids of the notes that were answered. */
  end(): Promise<readonly string[]>;
}

/** Starts `count` clients of each kind. `name` becomes part of the ids of their notes. */
export function startClients({
  site,
  moment,
  name,
  count,
}: {
  readonly site: Site;
  readonly moment: Moment;
  readonly name: string;
  readonly count: number;
}): RunningClients {
  const over = new AbortController();
  const ca = site.authority ?? "";
  const counts: Record<string, Counts> = {};
  const running = Object.entries(CLIENTS).flatMap(([protocol, client], place) => {
    const counted = new Counts();
    counts[protocol] = counted;
    return Array.from({ length: count }, (_, index) =>
      client({
        ...{ site, ca, moment, index, counts: counted, over: over.signal },
        name: `${name}-${place}-${index}`,
        box: BOXES[index % BOXES.length] ?? "box1",
      }),
    );
  });
  return {
    counts,
    async end() {
      over.abort();
      return (await Promise.all(running)).flat();
    },
  };
}
