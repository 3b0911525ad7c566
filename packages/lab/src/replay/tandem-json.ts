// Reads Tandem's access lines in JSON. The lines contain the same timers as HAProxy's log line, as named fields.
import { type LogEntry, type LogFormat, pathOf } from "./entry.ts";
import { timed } from "./haproxy.ts";

type Fields = Readonly<Record<string, unknown>>;

function read(line: string): LogEntry | undefined {
  const fields = parsed(line);
  if (fields === undefined) return undefined;
  const number = (name: string) => (typeof fields[name] === "number" ? fields[name] : Number.NaN);
  const words = (name: string) => (typeof fields[name] === "string" ? fields[name] : "");
  const arrivedMs = Date.parse(words("time"));
  const timers = [number("TR"), number("Tw"), number("Tc"), number("Tr"), number("Ta")] as const;
  if (Number.isNaN(arrivedMs) || timers.some(Number.isNaN)) return undefined;
  return timed({
    arrivedMs,
    timers,
    server: words("server"),
    path: pathOf(words("target")),
    client: words("client"),
  });
}

function parsed(line: string): Fields | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Fields;
  } catch {
    return undefined;
  }
}

export const tandemJson: LogFormat = {
  name: "tandem-json",
  means: "Tandem's access lines as JSON",
  timed: true,
  exact: true,
  read,
};
