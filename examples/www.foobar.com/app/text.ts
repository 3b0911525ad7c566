// Formats dates, counts and the texts that people wrote.
import { type Html, html } from "./html.ts";

const DAY_MS = 86_400_000;
const DATE = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** Writes a time as people say it: minutes or hours ago for today, days ago for this week, otherwise the date. */
export function moment(at: number, now: number): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}" title="${iso.slice(0, 16).replace("T", " ")} UTC">${spoken(at, now)}</time>`;
}

function spoken(at: number, now: number): string {
  const age = now - at;
  if (age < 60_000) return "just now";
  if (age < 3_600_000) return RELATIVE.format(-Math.floor(age / 60_000), "minute");
  if (age < DAY_MS) return RELATIVE.format(-Math.floor(age / 3_600_000), "hour");
  if (age < 7 * DAY_MS) return RELATIVE.format(-Math.floor(age / DAY_MS), "day");
  return DATE.format(at);
}

/** Writes a number with its noun: `1 comment`, `2 comments`. */
export function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? "" : "s"}`;
}

/** Returns the first words of `text`, cut at a space. */
export function excerpt(text: string, length: number): string {
  const line = text.replace(/\s+/g, " ").trim();
  if (line.length <= length) return line;
  const cut = line.slice(0, length);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), length / 2)).replace(/[\s,;:.–—-]+$/, "")}\u00a0…`;
}

/**
 * How many characters an opening must have. A post without a picture shows its first sentence as the opening. When
 * that sentence is shorter than this, the next sentence is added.
 */
const SHORTEST_OPENING = 45;
const LONGEST_OPENING = 150;

/** Returns the first sentence or two of `text`, and the rest of the text. */
export function opening(text: string): readonly [first: string, rest: string] {
  const line = text.replace(/\s+/g, " ").trim();
  const sentences = line.match(/.+?(?:[.!?…]["”’)]*(?= |$)|$)\s*/g) ?? [];
  let length = 0;
  for (const sentence of sentences) {
    if (length >= SHORTEST_OPENING) break;
    if (length > 0 && length + sentence.length > LONGEST_OPENING) break;
    length += sentence.length;
  }
  return [excerpt(line.slice(0, length), LONGEST_OPENING), line.slice(length)];
}

/** Turns plain text into paragraphs. A blank line divides paragraphs, and web addresses become links. */
export function paragraphs(text: string): Html[] {
  return text
    .split(/\n{2,}/)
    .filter((part) => part.trim() !== "")
    .map(
      (part) =>
        html`<p>${part.split("\n").map((line, i) => [i > 0 && html`<br>`, linked(line)])}</p>`,
    );
}

const ADDRESS = /(https?:\/\/[^\s<>"']*[\w/])/;

function linked(line: string): (Html | string)[] {
  // A split by a pattern with one group puts the web addresses at the odd indexes.
  return line
    .split(ADDRESS)
    .map((part, i) =>
      i % 2 === 1 ? html`<a href="${part}" rel="nofollow ugc noopener">${part}</a>` : part,
    );
}
