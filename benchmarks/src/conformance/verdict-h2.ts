// The part of the verdict that differs over HTTP/2: streams end one by one, and end otherwise than their connection does.
import type { Case, Observed } from "./case.ts";
import { finals, interims } from "./checks.ts";
import { ACK, PING } from "./wire/h2/frames.ts";
import { type H2Seen, isSettled, type StreamSeen } from "./wire/h2/seen.ts";
import { statusOf } from "./wire/message.ts";

/** The error with which a proxy ended the connection: its code, or how the connection ended; undefined when it goes on. */
export function connectionEnd({ ending }: Observed, { goaway }: H2Seen): string | undefined {
  if (goaway !== undefined && goaway !== "NO_ERROR") return `GOAWAY ${goaway}`;
  return ending === "open" ? undefined : ending;
}

/** Returns what happened in a few words, such as `200, RST CANCEL` or `GOAWAY PROTOCOL_ERROR`. */
export function outcomeOverH2(observed: Observed, h2: H2Seen): string {
  const words = h2.streams.filter(isSettled).map(streamWord);
  const end = connectionEnd(observed, h2);
  if (end !== undefined) words.push(end);
  else if (words.length === 0) words.push(acknowledged(h2) ? "goes on" : "hang");
  return shortened(words).join(", ");
}

/** Whether nothing but refusals came: error statuses, streams that were reset, or the end of the connection. */
export function refusedOverH2({ refuses }: Case, observed: Observed, h2: H2Seen): boolean {
  if (connectionEnd(observed, h2) !== undefined) return true;
  const settled = h2.streams.filter(isSettled);
  const refused = settled.filter(
    ({ answers, reset }) =>
      reset !== undefined || answers.some((answer) => statusOf(answer) >= 400),
  );
  return refuses === "frame"
    ? refused.length > 0
    : refused.length === settled.length && refused.length > 0;
}

function streamWord({ answers, reset }: StreamSeen): string {
  const responses = { responses: answers };
  const statuses = [...interims(responses), ...finals(responses).map(statusOf)];
  return [...statuses, ...(reset === undefined ? [] : [`RST ${reset}`])].join(", ");
}

function acknowledged({ frames }: H2Seen): boolean {
  return frames.some(({ type, flags }) => type === PING && (flags & ACK) !== 0);
}

/** Counts words that follow each other and are the same: `200 ×100`. */
function shortened(words: readonly string[]): readonly string[] {
  const runs: [word: string, times: number][] = [];
  for (const word of words) {
    const last = runs.at(-1);
    if (last?.[0] === word) last[1]++;
    else runs.push([word, 1]);
  }
  return runs.map(([word, times]) => (times === 1 ? word : `${word} ×${times}`));
}
