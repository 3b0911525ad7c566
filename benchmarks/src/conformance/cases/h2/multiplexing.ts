// Cases about streams beside each other: none holds up another (RFC 9113 §5).
import type { Case, Topic } from "../../case.ts";
import { body } from "../../checks.ts";
import { answeredOn, seen, usable } from "../../checks-h2.ts";
import { DATA, DEFAULT_WINDOW, data, windowUpdate } from "../../wire/h2/frames.ts";
import { ok, turn } from "../wording.ts";
import { bodiesOf, get, h2Case, PROBE, post, settled } from "./wording.ts";

const LARGE = turn(`${ok("Content-Length: 1000000")}${"a".repeat(1_000_000)}`);

const beside: readonly Case[] = [
  h2Case(
    {
      id: "h2-beside-unread",
      title: "a request beside an answer that the client does not take",
      source: "RFC 9113 §5.2",
      rule: "answered",
      origin: [LARGE],
    },
    [
      windowUpdate(0, 10_000_000),
      get(1),
      bodiesOf(DEFAULT_WINDOW, 1),
      get(3),
      settled(1),
      ...PROBE,
    ],
    1,
    answeredOn(3, 200, body("hello")),
    usable,
  ),
  h2Case(
    {
      id: "h2-beside-waiting",
      title: "a request beside one whose server works",
      source: "RFC 9113 §5",
      rule: "answered",
      origin: [turn(5_000)],
    },
    [get(1), 50, get(3), settled(1), ...PROBE],
    1,
    answeredOn(3, 200, body("hello")),
    usable,
  ),
  h2Case(
    {
      id: "h2-beside-upload",
      title: "a request beside one whose body does not come",
      source: "RFC 9113 §5",
      rule: "answered",
    },
    [post(1), data(1, "a"), 50, get(3), settled(1), ...PROBE],
    1,
    answeredOn(3, 200, body("hello")),
    usable,
  ),
  h2Case(
    {
      id: "h2-beside-later",
      title: "two answers, the first one late",
      source: "RFC 9113 §5.1",
      rule: "each when it is there",
      origin: [turn(300, `${ok("Content-Length: 4")}late`)],
    },
    [get(1), 50, get(3), settled(2), ...PROBE],
    2,
    answeredOn(1, 200, body("late")),
    answeredOn(3, 200, body("hello")),
    seen(({ frames }) => {
      const first = frames.find(({ type }) => type === DATA);
      return first?.stream === 3 ? undefined : "answered in order";
    }),
  ),
];

export const h2Multiplexing: Topic = {
  name: "h2-multiplexing",
  title: "HTTP/2: streams beside each other",
  cases: beside,
};
