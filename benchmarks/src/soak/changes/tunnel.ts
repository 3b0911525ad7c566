// A tunnel that is used for a long time, whatever carries it: messages go through it and have to come back unchanged.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type ClientOptions, NotAccepted, otherBox } from "./client.ts";
import { reasonOf } from "./counts.ts";

export interface Tunnel {
  /** Sends `message`. Resolves to as many bytes as came back; rejects with `TunnelEnded` when the tunnel has ended. */
  echo(message: Buffer): Promise<Buffer>;
  close(): void;
}

/** The other side has ended or reset the tunnel. */
export class TunnelEnded extends Error {}

const PAUSE_MS = 120;
const LARGEST_BYTES = 4_000;
/** After how many refusals in a row, by both boxes, a client complains. */
const REFUSALS = 10;

/**
 * Opens tunnels, each to be used until it ends or the clients stop. `open` rejects with `NotAccepted` when the balancer
 * accepts no connection.
 */
export async function useTunnels(
  options: ClientOptions,
  open: (box: ClientOptions["box"]) => Promise<Tunnel>,
): Promise<void> {
  const { counts, over } = options;
  let { box } = options;
  let refusals = 0;
  while (!over.aborted) {
    try {
      const tunnel = await open(box);
      refusals = 0;
      counts.opened += 1;
      await useTunnel(tunnel, options);
    } catch (error) {
      if (error instanceof NotAccepted) {
        counts.moved += 1;
        box = otherBox(box);
        refusals += 1;
        if (refusals % REFUSALS === 0) counts.failed.push(`no box accepts: ${error.message}`);
      } else counts.failed.push(reasonOf(error));
      await sleep(PAUSE_MS);
    }
  }
}

async function useTunnel(tunnel: Tunnel, { counts, over, moment }: ClientOptions): Promise<void> {
  const began = performance.now();
  try {
    while (!over.aborted) {
      const message = randomBytes(1 + (counts.answered % LARGEST_BYTES));
      const echoed = await tunnel.echo(message);
      if (!echoed.equals(message)) throw new Error("other bytes came back");
      counts.answered += 1;
      await sleep(PAUSE_MS);
    }
  } catch (error) {
    if (!(error instanceof TunnelEnded && moment.mayEnd)) {
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      throw new Error(`broken after ${seconds} s: ${reasonOf(error)}`);
    }
    counts.ended += 1;
  } finally {
    tunnel.close();
  }
}
