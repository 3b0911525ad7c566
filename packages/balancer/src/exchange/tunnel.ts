// An upgraded connection after a 101: a tunnel that joins the client (of the exchange) with the server (of the
// stream). When the tunnel ends, this file works out what the log says about the end.
import { abortTermination } from "@tandem/front";
import type { Fields } from "@tandem/http";
import type { Exchange } from "@tandem/http/exchange";
import { type Closing, type Deadlines, openTunnel } from "@tandem/transport";
import type { ServerStream } from "../pool/server-stream.ts";
import { ClientEnd, ServerEnd } from "./tunnel-ends.ts";

export interface UpgradeOptions {
  readonly exchange: Exchange;
  readonly stream: ServerStream;
  readonly protocol: string;
  readonly reason: string;
  /** The fields of the 101, without hop-by-hop fields. */
  readonly fields: Fields;
  readonly deadlines: Deadlines;
  readonly serverFinMs: number;
  readonly ended: TunnelEnd;
}

/**
 * Called when the tunnel has ended. `by` is the side that ended the tunnel, `termination` the four characters of
 * HAProxy's termination state, and `cause` the cause in words for the log.
 */
export type TunnelEnd = (by: "client" | "server", termination: string, cause: string) => void;

const NORMAL = "----";

/** Joins the client of `exchange` with the server of `stream`. */
export function openUpgrade(options: UpgradeOptions): void {
  const { exchange, stream, protocol, reason, fields, deadlines, serverFinMs, ended } = options;
  fields.add("Connection", "upgrade");
  fields.add("Upgrade", protocol);
  const { tunnel, clientFin } = exchange.tunnelTimeouts;
  const client = new ClientEnd(exchange, reason, fields);
  openTunnel({
    client,
    server: new ServerEnd(stream),
    now: () => deadlines.now(),
    timeouts: { tunnel, clientFin, serverFin: serverFinMs },
    over: (by, how) => {
      const cause = how === "timed-out" ? "client-timeout" : client.cause;
      if (by === "client") ended(by, ...abortTermination(cause, "tunnel"));
      else ended(by, ...serverTermination(how, serverFinMs));
    },
  });
}

function serverTermination(how: Closing, serverFinMs: number): readonly [string, string] {
  if (how === "timed-out") return ["sD--", `half-closed, then no traffic for ${serverFinMs} ms`];
  return how === "reset" ? ["SD--", "reset the connection"] : [NORMAL, ""];
}
