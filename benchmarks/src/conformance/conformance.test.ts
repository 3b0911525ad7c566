// Runs every case through Tandem, which has to follow its own rules.
import t from "tap";
import { tandem } from "../peers/tandem.ts";
import { TOPICS } from "./cases/topics.ts";
import { runPeer } from "./run.ts";

const cases = TOPICS.flatMap((topic) => topic.cases);

t.test("every case has a name of its own", (t) => {
  t.equal(new Set(cases.map(({ id }) => id)).size, cases.length);
  t.end();
});

t.test("Tandem does in every case as our rule says", async (t) => {
  const results = new Map(await runPeer(tandem, cases, () => undefined));
  // The timeouts are one second. If the machine pauses for that long, the proxy seems to hang, so
  // failed cases are run again, at most twice.
  const differing = () => cases.filter(({ id }) => results.get(id)?.mark !== "same");
  for (let again = 0; again < 2 && differing().length > 0; again++) {
    t.comment(`once more: ${differing().map(({ id }) => id)}`);
    for (const found of await runPeer(tandem, differing(), () => undefined, 1))
      results.set(...found);
  }
  for (const { id, title, rule } of cases) {
    const verdict = results.get(id);
    t.equal(verdict?.mark, "same", `${id}: ${title}: ${rule}`, { got: verdict?.word, ...verdict });
  }
});
