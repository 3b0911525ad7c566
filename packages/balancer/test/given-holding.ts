// A server that does not answer requests until the test lets it.
import type { ServerResponse } from "node:http";
import { givenOrigin, type Origin, until } from "./given.ts";

export interface Holding extends Origin {
  /** The paths of the requests that have not been answered yet, in the order in which the requests came. */
  readonly held: string[];
  /** Answers the oldest request that has not been answered yet. */
  release(): void;
  /**
   * Answers `count` requests, one after the other: first the requests that wait for an answer, then new requests as
   * they come.
   */
  serve(count: number): Promise<void>;
}

/**
 * Returns a server that answers with its name. A request whose path begins with /hold is answered only when the test
 * calls `release` or `serve`.
 */
export async function givenHolding(name: string): Promise<Holding> {
  const held: string[] = [];
  const answers: ServerResponse[] = [];
  const origin = await givenOrigin((request, response) => {
    if (!request.url?.startsWith("/hold")) return void response.end(name);
    held.push(request.url);
    answers.push(response);
  });
  const release = (): void => {
    held.shift();
    answers.shift()?.end(name);
  };
  const serve = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) {
      await until(() => held.length > 0);
      release();
    }
  };
  return Object.assign(origin, { held, release, serve });
}
