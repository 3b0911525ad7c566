// What the original and the translation must do alike: each function sends the same requests to both sites and
// compares the answers.
import { setTimeout as sleep } from "node:timers/promises";
import type { Test } from "tap";
import { fieldOf, type Received } from "./app-server.ts";
import type { BothSites } from "./both-sites.ts";
import {
  type Answer,
  type Asked,
  ask,
  echoes,
  received,
  type SiteAddress,
  serverOf,
} from "./site-client.ts";

const REQUESTS: readonly (readonly [path: string, asked: Asked])[] = [
  ["/", {}],
  ["/a%20b/c?x=1&y=2", {}],
  ["/", { method: "HEAD" }],
  ["/form", { method: "POST", body: "name=ada" }],
  ["/form", { method: "PUT", body: Buffer.alloc(100_000) }],
  ["/thing", { method: "DELETE" }],
  ["/", { headers: { cookie: "a=1; b=2", authorization: "Bearer x", "user-agent": "test" } }],
  ["/api/users?id=1", {}],
  ["/apiary", {}],
  ["/chat/room", {}],
];

/** Returns the part of an answer that must be equal on both sites. The servers `web1` and `web2` count as `web`. */
function comparable(answer: Answer): unknown {
  const { status, headers, body } = answer;
  const told = body === "" ? undefined : toldTo(received(answer));
  const names = ["content-type", "set-cookie", "strict-transport-security"] as const;
  return { status, told, fields: names.map((name) => headers[name]) };
}

function toldTo(sent: Received): unknown {
  const { server, method, url, bodyBytes } = sent;
  const names = ["host", "x-forwarded-for", "x-forwarded-proto", "cookie", "authorization"];
  const fields = [...names, "user-agent"].map((name) => fieldOf(sent, name));
  return { backend: server.replace(/\d$/, ""), method, url, bodyBytes, fields };
}

export async function sameAnswers(t: Test, { theirs, ours }: BothSites): Promise<void> {
  for (const [path, asked] of REQUESTS) {
    const what = `${asked.method ?? "GET"} ${path}`;
    const expected = comparable(await ask(theirs, path, asked));
    t.match(expected, { status: 200 }, what);
    t.same(comparable(await ask(ours, path, asked)), expected, what);
  }
}

export async function sameRedirects(t: Test, { theirs, ours }: BothSites): Promise<void> {
  for (const path of ["/", "/a%20b?x=1&y=2"]) {
    const answers = await Promise.all(
      [theirs, ours].map((site) => ask(site, path, { plain: true })),
    );
    const [expected, found] = answers.map(({ status, headers }) => [status, headers.location]);
    t.equal(expected?.[1], `https://www.example.com${path}`);
    t.same(found, expected);
  }
}

/** Sends a request to both sites and returns what the application servers were sent. */
export async function toldByBoth(
  { both }: BothSites,
  path: string,
  asked: Asked,
): Promise<readonly [theirs: Received, ours: Received]> {
  const [theirs, ours] = both;
  return [received(await ask(theirs, path, asked)), received(await ask(ours, path, asked))];
}

/** A request on the port for plain HTTP that names another site: the original redirects it there, ours refuses. */
export async function otherHostsAreRefused(t: Test, { theirs, ours }: BothSites): Promise<void> {
  const evil = { plain: true, headers: { host: "evil.example" } };
  t.equal((await ask(theirs, "/", evil)).headers.location, "https://evil.example/");
  t.equal((await ask(ours, "/", evil)).status, 421);
}

/** Encoded dot segments: the original passes them on, ours resolves them first. */
export async function dotSegmentsAreResolved(t: Test, sites: BothSites): Promise<void> {
  const path = "/x/%2e%2e/thing";
  const [told, toldByOurs] = await toldByBoth(sites, path, {});
  t.equal(told.url, path);
  t.equal(toldByOurs.url, "/thing");
}

/** A request with a field of 17000 bytes, and one with 40000: each site answers with its status in `statuses`. */
export async function headsAreLimited(
  t: Test,
  { both }: BothSites,
  statuses: readonly (readonly [theirs: number, ours: number])[],
): Promise<void> {
  for (const [i, bytes] of [17_000, 40_000].entries()) {
    const headers = { "x-long": "x".repeat(bytes) };
    const answers = await Promise.all(both.map((site) => ask(site, "/", { headers })));
    t.same(
      answers.map(({ status }) => status),
      statuses[i],
      `${bytes} bytes`,
    );
  }
}

/** The original passes the field `name` on with the spelling `theirName`; ours keeps the client's spelling. */
export async function namesKeepTheirCase(
  t: Test,
  sites: BothSites,
  name: string,
  theirName: string,
): Promise<void> {
  const names = (await toldByBoth(sites, "/", { headers: { [name]: "1" } })).map(({ fields }) =>
    fields.find((field) => field.toLowerCase() === name.toLowerCase()),
  );
  t.same(names, [theirName, name]);
}

/** Of 30 requests, each server of `web` gets as many as its weight says. */
export async function sameShares(
  t: Test,
  { both }: BothSites,
  shares: Readonly<Record<string, number>>,
): Promise<void> {
  for (const site of both) {
    const counts: Record<string, number> = {};
    for (let i = 0; i < 30; i += 1) {
      const server = await serverOf(site, "/");
      counts[server] = (counts[server] ?? 0) + 1;
    }
    t.same(counts, shares);
  }
}

/** While one server of `api` has a request, the next ones go to the other. */
export async function sameLeastConnections(t: Test, { both, apps }: BothSites): Promise<void> {
  for (const site of both) {
    const held = serverOf(site, "/api/held");
    const holder = await until(() => [apps.api1, apps.api2].find(({ holding }) => holding > 0));
    const free = holder === apps.api1 ? "api2" : "api1";
    for (let i = 0; i < 5; i += 1) t.equal(await serverOf(site, "/api/x"), free);
    holder.release();
    t.equal(await held, holder.name);
  }
}

/**
 * Each visitor comes back to the same server of `chat`, both servers have visitors, and when one of them is dead, only
 * its visitors move. `visitor` returns what tells one visitor from another.
 */
export async function sameStickiness(
  t: Test,
  { both, apps }: BothSites,
  visitor: (number: number) => Asked,
): Promise<void> {
  const visitors = Array.from({ length: 20 }, (_, number) => visitor(number));
  const serversOf = async (site: SiteAddress, order = visitors) => {
    const servers = new Map<Asked, string>();
    for (const asked of order) servers.set(asked, await serverOf(site, "/chat/room", asked));
    return visitors.map((asked) => servers.get(asked));
  };
  // In another order, so that servers chosen in turn do not look like servers that stay.
  const again = (site: SiteAddress) => serversOf(site, visitors.toReversed());
  for (const site of both) {
    const first = await serversOf(site);
    t.same([...new Set(first)].sort(), ["chat1", "chat2"], "both are used");
    t.same(await again(site), first, "each visitor comes back to the same server");
    await apps.chat1.stop();
    await settled(site, "/chat/room", visitors, ["chat2"]);
    await apps.chat1.restart();
    await until(async () => String(await serversOf(site)) === String(first));
    t.same(await again(site), first, "after the outage all is as before");
  }
}

export async function sameWebSockets(t: Test, { both }: BothSites): Promise<void> {
  const messages = ["hello", "x".repeat(70_000), "é"];
  for (const site of both) {
    const [server, ...echoed] = await echoes(site, "/chat/socket", messages);
    t.match(server, /^chat[12]$/);
    t.same(echoed, messages);
  }
}

/** A server of `api` does not answer within its timeout of two seconds: both sites answer 504. */
export async function sameTimeout(t: Test, { both }: BothSites): Promise<void> {
  const began = performance.now();
  const answers = await Promise.all(both.map((site) => ask(site, "/api/slow")));
  t.same(
    answers.map(({ status }) => status),
    [504, 504],
  );
  t.ok(performance.now() - began < 15_000, "the timeout of the route holds, not the default");
}

/**
 * One server of `web` dies: no request fails, POST included. It comes back and gets requests again. `allDead` are the
 * statuses when both are dead, of the original and of the translation.
 */
export async function sameOutage(
  t: Test,
  { both, theirs, ours, apps }: BothSites,
  allDead: readonly [number, number],
): Promise<void> {
  await apps.web1.stop();
  // The original may send a POST on a kept connection whose end it has not noticed yet, and answers 502 then.
  await settled(theirs, "/", [{}], ["web2"]);
  for (const site of both)
    for (let i = 0; i < 20; i += 1) {
      const post = i % 4 === 0 ? { method: "POST", body: "x" } : {};
      t.equal(await serverOf(site, "/", post), "web2");
    }
  await apps.web2.stop();
  await statusBecomes(theirs, allDead[0]);
  await statusBecomes(ours, allDead[1]);
  await apps.web1.restart();
  await apps.web2.restart();
  for (const site of both) await settled(site, "/", [{}], ["web1", "web2"]);
}

async function statusBecomes(site: SiteAddress, wanted: number): Promise<void> {
  await until(async () => (await ask(site, "/")).status === wanted);
}

/** Waits until 20 answers in a row are good ones and come from just these servers. */
async function settled(
  site: SiteAddress,
  path: string,
  visitors: readonly Asked[],
  servers: readonly string[],
): Promise<void> {
  await until(async () => {
    const seen = new Set<string>();
    for (let i = 0; i < 20; i += 1) {
      const answer = await ask(site, path, visitors[i % visitors.length]);
      seen.add(answer.status === 200 ? received(answer).server : String(answer.status));
    }
    return String([...seen].sort()) === String(servers);
  });
}

/** Returns the first result of `look` that is not false or undefined. Throws when there is none within 60 s. */
async function until<T>(
  look: () => T | false | undefined | Promise<T | false | undefined>,
): Promise<T> {
  for (const end = performance.now() + 60_000; performance.now() < end; await sleep(20)) {
    const found = await look();
    if (found !== false && found !== undefined) return found;
  }
  throw new Error(`still not so after 60 s: ${look}`);
}
