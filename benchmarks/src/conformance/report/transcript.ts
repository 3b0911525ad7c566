// Writes the bytes that the client and the origin of one case saw, in readable form, for `--case`.

import type { Case, Observed } from "../case.ts";
import { framesShown } from "./frames-shown.ts";

const MOST = 600;

/** Returns what the client sent and received, and what the origin received. */
export function transcript(which: Case, observed: Observed): string {
  const client = which.protocol === "h2" ? framesShown : shown;
  const sent = (steps: Case["send"]) =>
    steps.map((step) => (typeof step === "string" ? client(step) : String(label(step))));
  const lines = [
    ...sent(which.send).map((text) => `  client > ${text}`),
    ...sent(which.thenAnother ?? []).map((text) => `  another > ${text}`),
    ...observed.connections.map(
      ({ bytes, open }) => `  server < ${shown(bytes)}${open ? "" : " (closed)"}`,
    ),
    `  client < ${client(observed.received)} (${observed.ending}, ${Math.round(observed.elapsedMs)} ms)`,
  ];
  return lines.join("\n");
}

function label(step: Exclude<Case["send"][number], string>): string {
  if (typeof step === "function") return "(bytes made of those received)";
  if (typeof step === "number") return `(${step} ms)`;
  if (step instanceof RegExp) return `(waits for ${step})`;
  return step.step === "until" ? `(waits for ${step.what})` : `(${step.step})`;
}

function shown(bytes: string): string {
  const text = JSON.stringify(bytes.length > MOST ? `${bytes.slice(0, MOST)}…` : bytes);
  return text.slice(1, -1).replaceAll("\\r\\n", "␍␊");
}
