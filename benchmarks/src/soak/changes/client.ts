// What every client of the site is given, and what all clients do in the same way.
import { BOXES, type Box } from "../site/config.ts";
import type { Site } from "../site/site.ts";
import type { Counts } from "./counts.ts";
import type { Moment } from "./moment.ts";

export interface Surroundings {
  readonly site: Site;
  /** The certificate (PEM) of the site's authority. */
  readonly ca: string;
  readonly moment: Moment;
  /** Aborted when the clients have to stop. What they have begun is finished. */
  readonly over: AbortSignal;
}

/** One client: it works until `over`, and counts what it did. It has a number, so that clients differ. */
export interface ClientOptions extends Surroundings {
  readonly counts: Counts;
  readonly index: number;
  /** The box whose balancer it takes first. */
  readonly box: Box;
}

/** How long a client waits for an answer or an echo. */
const PATIENCE_MS = 20_000;

/** The name that the certificate of the site has. */
export const NAME = "soak.test";

/** Thrown when a balancer accepted no connection. Nothing was sent on it. */
export class NotAccepted extends Error {}

export const otherBox = (box: Box): Box => BOXES.find((one) => one !== box) ?? box;

/** Rejects when `promise` takes longer than a client is patient. */
export async function patient<T>(promise: Promise<T>, what: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`no ${what} within ${PATIENCE_MS / 1000} s`)),
    PATIENCE_MS,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
