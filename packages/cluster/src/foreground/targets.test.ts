// Tests which words are servers, and what `tandem proxy` says of those that it refuses.
import t from "tap";
import { CommandRefusal } from "../refusal.ts";
import { listenOf } from "./listen.ts";
import { refuseLoop, targetsOf } from "./targets.ts";

/** Returns the message with which `act` refuses. */
function refusal(act: () => unknown): string {
  try {
    return `accepted: ${JSON.stringify(act())}`;
  } catch (error) {
    if (!(error instanceof CommandRefusal)) throw error;
    return error.message;
  }
}

t.test("words that are no server", async (t) => {
  for (const word of ["0", "65536", "99999", "3000x", "app", "*:3000", "app:0", "http://app", "-1"])
    t.match(
      refusal(() => targetsOf([word])),
      `${word}: this is no server; expected a port such as`,
    );
  t.match(
    refusal(() => targetsOf(["https://app:3000"])),
    /found https, expected .* plain HTTP/,
  );
  t.match(
    refusal(() => targetsOf(["3000", ":3000"])),
    ":3000: this server is named twice",
  );
});

t.test("words that are servers", async (t) => {
  const addresses = (...words: string[]) => targetsOf(words).map(({ address }) => address);
  t.match(addresses("3000", ":3001"), [/^(localhost|127\.0\.0\.1):3000$/, /:3001$/]);
  t.same(addresses("http://app.test:3000/", "[::1]:80"), ["app.test:3000", "[::1]:80"]);
  const long = `${"a".repeat(70)}:80`;
  const names = targetsOf(["[::1]:80", "1:80", long, "a_b:1", "a/b:1"].slice(0, 4));
  t.same(
    names.map(({ name }) => name),
    ["1-80", "server-2", "server-3", "a_b-1"],
    "names that a configuration accepts, each once",
  );
});

t.test("a balancer that would send requests to itself", async (t) => {
  const loop = (listen: string, target: string) =>
    refusal(() => refuseLoop(listenOf(listen), targetsOf([target])));
  for (const listen of ["8080", ":8080", "localhost:8080", "0.0.0.0:8080"])
    t.match(loop(listen, "8080"), /also the server \S+:8080, so each request would go round/);
  t.match(loop("10.0.0.2:8080", "10.0.0.2:8080"), /also the server/);
  t.match(loop("8080", "3000"), "accepted");
  t.match(loop("8080", "10.0.0.2:8080"), "accepted");
  t.match(loop("10.0.0.2:8080", "8080"), "accepted");
});
