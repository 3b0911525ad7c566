// Runs one case through one proxy: the client sends, and the origin answers as the case says. The
// case ends when the awaited answers have come, the client's connection has ended, or the time is
// up.
import { setTimeout as sleep } from "node:timers/promises";
import type { Case, Observed } from "./case.ts";
import { finals } from "./checks.ts";
import type { ProxyUnderTest } from "./peers/proxy-under-test.ts";
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
  const responses = () =>
    readResponses(client.received, which.methods ?? [], client.ending !== "open");
  const performed = client.perform(which.send);
  const deadline = began + (which.patienceMs ?? PATIENCE_MS);
  await Promise.race([performed, sleep(deadline - began)]);
  for (;;) {
    if (client.ending !== "open" || performance.now() > deadline) break;
    const complete = finals({ ...NOTHING, responses: responses() }).filter(
      (message) => message.complete,
    );
    if (which.answers > 0 && complete.length >= which.answers) break;
    await sleep(POLL_MS);
  }
  if (which.thenAnother !== undefined) await playAnother(proxy, which, which.thenAnother);
  await sleep(SETTLE_MS);
  return {
    received: client.received,
    responses: responses(),
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

const NOTHING: Observed = {
  received: "",
  responses: [],
  ending: "open",
  requests: [],
  connections: [],
  elapsedMs: 0,
};
