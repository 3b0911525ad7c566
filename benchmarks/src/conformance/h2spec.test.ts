// Every case of h2spec 2.6 is covered by one of ours, and none is named that does not exist.
import t from "tap";
import { TOPICS_BY_PROTOCOL } from "./cases/topics.ts";
import { h2specCases } from "./report/h2spec.ts";

/** How many cases each section of h2spec has. */
const SECTIONS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  generic: {
    ...{ "1": 1, "2": 5, "3.1": 3, "3.2": 3, "3.3": 5, "3.4": 1, "3.5": 1, "3.7": 1, "3.8": 1 },
    ...{ "3.9": 2, "3.10": 2, "4": 4, "5": 15 },
  },
  hpack: { "2.3.3": 2, "4.2": 1, "5.2": 3, "6.1": 1, "6.3": 1 },
  http2: {
    ...{ "3.5": 2, "4.1": 3, "4.2": 3, "4.3": 3, "5.1": 13, "5.1.1": 2, "5.1.2": 1, "5.3.1": 2 },
    ...{ "5.4.1": 2, "5.5": 2, "6.1": 3, "6.2": 4, "6.3": 2, "6.4": 3, "6.5": 3, "6.5.2": 5 },
    ...{ "6.5.3": 2, "6.7": 4, "6.8": 1, "6.9": 3, "6.9.1": 3, "6.9.2": 3, "6.10": 6, "7": 2 },
    ...{ "8.1": 1, "8.1.2": 1, "8.1.2.1": 4, "8.1.2.2": 2, "8.1.2.3": 7, "8.1.2.6": 2, "8.2": 1 },
  },
};

const all = Object.entries(SECTIONS).flatMap(([part, sections]) =>
  Object.entries(sections).flatMap(([section, count]) =>
    Array.from({ length: count }, (_, index) => `${part}/${section}/${index + 1}`),
  ),
);

t.test("every case of h2spec is covered", (t) => {
  t.equal(all.length, 147);
  t.same([...h2specCases(TOPICS_BY_PROTOCOL.h2).keys()].sort(), all.sort());
  t.end();
});

t.test("every case over HTTP/2 says so, and names its source", (t) => {
  for (const { id, protocol, source } of TOPICS_BY_PROTOCOL.h2.flatMap(({ cases }) => cases)) {
    t.ok(protocol === "h2" && id.startsWith("h2-"), id);
    t.match(source, /^RFC \d+ §/, id);
  }
  for (const { id, protocol } of TOPICS_BY_PROTOCOL.h1.flatMap(({ cases }) => cases))
    t.equal(protocol, undefined, id);
  t.end();
});
