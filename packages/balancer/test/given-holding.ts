// A server that holds requests until the test lets it answer.
import type { ServerResponse } from "node:http";
import { givenOrigin, type Origin, until } from "./given.ts";

export interface Holding extends Origin {
  /** The paths of the requests that are held, in the order in which they came. */
  readonly held: string[];
  /** Answers the request that came first. */
  release(): void;
  /** Answers `count` requests, one after the other: those that are held, and then new ones. */
  serve(count: number): Promise<void>;
}

/**
 * Returns a server that answers with its name. Requests whose path begins with /hold are held until the test releases
 * them.
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
