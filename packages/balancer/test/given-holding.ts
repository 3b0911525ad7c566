// A server that answers when the test says so.
import type { ServerResponse } from "node:http";
import { givenOrigin, type Origin, until } from "./given.ts";

export interface Holding extends Origin {
  /** Paths that wait for their answer, as they came. */
  readonly held: string[];
  /** Answers the one that came first. */
  release(): void;
  /** Answers so many, one after another, whatever it has and still gets. */
  serve(count: number): Promise<void>;
}

/** Answers with its name; what begins with /hold when the test says so. */
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
