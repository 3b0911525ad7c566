// Kept connections that become unusable just before a request is sent on them. The event loop may read the client's
// request before it reads the server's bytes, so the balancer does not know yet that the connection is unusable (RFC
// 9112 §6.3, §9.3.1).
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import t from "tap";
import type { Scene, Spoiling } from "./both-sides.ts";
import { givenEmbedded } from "./given-embedded.ts";

/**
 * Returns the answer to the client's second request. While this thread, and so the balancer, is blocked, the server
 * spoils its idle connections (`spoiling` says how) and the client sends the request. When the balancer runs again, it
 * finds both at once, and must not take a spoilt connection for the request.
 */
async function answered(spoiling: Spoiling, second: string): Promise<string> {
  const sides = new Worker(new URL("./both-sides.ts", import.meta.url));
  try {
    const [origin] = (await once(sides, "message")) as [number];
    await using balancer = await givenEmbedded(origin);
    const acted = new Int32Array(new SharedArrayBuffer(4));
    const scene: Scene = { balancer: balancer.port, spoiling, second, acted };
    sides.postMessage(scene);
    await once(sides, "message");
    sides.postMessage("act");
    Atomics.wait(acted, 0, 0, 10_000);
    const [answer] = (await once(sides, "message")) as [string];
    return answer;
  } finally {
    await sides.terminate();
  }
}

t.test("an unrequested answer is not used as the answer to the next request", async (t) => {
  const answer = await answered("unasked answer", "GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
  t.match(answer, /^HTTP\/1\.1 200 .*\r\n\r\n\/second$/s);
});

t.test(
  "a request that may not be repeated is not sent on a connection that has ended",
  async (t) => {
    const post = "POST /second HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
    t.match(await answered("end", post), /^HTTP\/1\.1 200 .*\r\n\r\n\/second$/s);
  },
);
