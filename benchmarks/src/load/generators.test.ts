// Tests that no generator counts a wrong answer as a good answer. Each generator is run against
// servers that sometimes answer wrongly.
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import t, { type Test } from "tap";
import { canned } from "../origin/answers.ts";
import { RequestReader } from "../origin/request-reader.ts";
import { descriptorLimit } from "../process/descriptors.ts";
import { freePort } from "../process/free-port.ts";
import { requireValid } from "../run/load-round.ts";
import type { Generator } from "./generator.ts";
import { GENERATORS } from "./generators.ts";
import { IGNORED, JOB } from "./given.ts";
import { LoadSide } from "./load-side.ts";

/** Ways to answer, by name. A generator must count each as wrong, except the first, which is right. */
const LIES: Readonly<Record<string, (socket: Socket) => void>> = {
  "nothing wrong": (socket) => socket.write(canned(128)),
  "a redirect": (socket) => socket.write(canned(128, "302 Found")),
  "a 204": (socket) => socket.write("HTTP/1.1 204 No Content\r\n\r\n"),
  "a 304": (socket) => socket.write("HTTP/1.1 304 Not Modified\r\n\r\n"),
  // h2load reports only the sum of all bodies. The sum may include a part of each connection's last
  // answer, up to 512 bytes here. Each of these bodies lacks 120 bytes, so the sum soon lacks more
  // than 512 bytes, and the generator notices.
  "a shorter body": (socket) => socket.write(canned(8)),
  "no answer": () => undefined,
  "half an answer": (socket) => socket.end(canned(128).subarray(0, -64)),
  "half an answer and a reset": (socket) =>
    socket.write(canned(128).subarray(0, -64), () => socket.resetAndDestroy()),
};

/** Starts a server that answers every third request of a connection wrongly: soon, because a busy machine sends few. */
async function liar(t: Test, lie: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    let asked = 0;
    const reader = new RequestReader(() => {
      asked++;
      if (asked % 3 === 0) lie(socket);
      else socket.write(canned(128));
    });
    socket.on("data", (chunk: Buffer) => reader.push(chunk)).on("error", () => undefined);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Runs a measurement and returns its outcome in words. */
async function outcome(generator: Generator, port: number, side: LoadSide): Promise<string> {
  try {
    requireValid(await generator.run({ ...JOB, port }, side, IGNORED), generator.name);
    return "accepted";
  } catch (error) {
    return error instanceof Error ? error.message : `${error}`;
  }
}

for (const generator of GENERATORS) {
  const title = `${generator.name}: a measurement with a wrong answer is refused`;
  t.test(title, { skip: generator.missing() ?? false }, async (t) => {
    await using side = new LoadSide([], descriptorLimit());
    const checks = Object.entries(LIES).map(([name, lie]) => async () => {
      const what = await outcome(generator, await liar(t, lie), side);
      t.equal(what === "accepted", name === "nothing wrong", `${name}: ${what}`);
    });
    checks.push(async () => {
      const refused = await outcome(generator, await freePort(), side);
      t.not(refused, "accepted", `no server listens: ${refused}`);
    });
    // A generator with `wholeSeconds` is a program that is started for each job, so its checks run
    // at the same time. Any other generator is a lasting process that does one job at a time.
    if (generator.wholeSeconds !== undefined) await Promise.all(checks.map((check) => check()));
    else for (const check of checks) await check();
  });
}
