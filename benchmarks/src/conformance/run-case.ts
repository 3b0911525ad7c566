// Runs one case through one proxy: the client sends, and the origin answers as the case says. The
// case ends when the awaited answers have come, the client's connection has ended, or the time is
// up.
import { setTimeout as sleep } from "node:timers/promises";
import type { Case, Observed } from "./case.ts";
import { finals } from "./checks.ts";
import type { ProxyUnderTest } from "./peers/proxy-under-test.ts";
import { readH2, settledStreams } from "./wire/h2/seen.ts";
import { readResponses } from "./wire/message.ts";
import { RawClient } from "./wire/raw-client.ts";
import type { Step } from "./wire/steps.ts";

/**
 * After this time the case counts as a hang. 2.5 s are more than twice the longest timeout of the
 * proxies (1 s).
 */
const PATIENCE_MS = 2_500;
/** How long to wait once the outcome is known, so that an answer or request too many is noticed. */
const SETTLE_MS = 40;
const POLL_MS = 4;

/**
 * Runs the case and returns what was observed. Throws only when the proxy accepts no more
 * connections.
 */
export async function runCase(proxy: ProxyUnderTest, which: Case): Promise<Observed> {
  await proxy.origin.play(which.origin ?? []);
  using client = await RawClient.connect(proxy.portFor(which));
  const began = performance.now();
  client.changedAt = began;
  const performed = client.perform(which.send);
  const deadline = began + (which.patienceMs ?? PATIENCE_MS);
  await Promise.race([performed, sleep(deadline - began)]);
  for (;;) {
    if (client.ending !== "open" || performance.now() > deadline) break;
    if ((which.protocol === "h2" ? settled : answered)(which, client)) break;
    await sleep(POLL_MS);
  }
  if (which.thenAnother !== undefined) await playAnother(proxy, which, which.thenAnother);
  await sleep(SETTLE_MS);
  return {
    received: client.received,
    ...readReceived(which, client),
    ending: client.ending,
    requests: proxy.origin.requests,
    connections: structuredClone(proxy.origin.connections),
    elapsedMs: client.changedAt - began,
  };
}

async function playAnother(
  proxy: ProxyUnderTest,
  which: Case,
  steps: readonly Step[],
): Promise<void> {
  using another = await RawClient.connect(proxy.portFor(which));
  await another.perform(steps); // waits at most 2.5 s for each pattern in `steps`
}

function readReceived(
  { protocol, methods = [] }: Case,
  { received, ending }: RawClient,
): Pick<Observed, "responses" | "h2"> {
  if (protocol !== "h2")
    return { responses: readResponses(received, methods, ending !== "open"), h2: undefined };
  const h2 = readH2(received);
  return { responses: h2.streams.flatMap(({ answers }) => answers), h2 };
}

/** Whether the awaited answers over HTTP/1.1 have come. */
function answered(which: Case, client: RawClient): boolean {
  const complete = finals(readReceived(which, client)).filter((message) => message.complete);
  return which.answers > 0 && complete.length >= which.answers;
}

/** Whether the awaited streams of HTTP/2 are over. Behind an error the proxy has to close the connection, too. */
function settled(which: Case, { received }: RawClient): boolean {
  const seen = readH2(received);
  const failed = seen.goaway !== undefined && seen.goaway !== "NO_ERROR";
  return !failed && settledStreams(seen) >= which.answers;
}
