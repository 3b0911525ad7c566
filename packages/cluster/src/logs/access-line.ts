// Reads a line of an access log: HAProxy's httplog and tcplog lines, the appserver's line, and the JSON objects of
// `accessFormat: json`. docs/operations/monitoring.md shows these formats.
import type { Level } from "./level.ts";

export interface AccessLine {
  /** The wall-clock time at which the request or connection ended. The files are in this order. */
  readonly time: number;
  /** The request, such as `GET /`; `TCP` for a connection of `mode: tcp`. */
  readonly request: string;
  /** -1 when no answer was sent; undefined for a connection of `mode: tcp`. */
  readonly status: number | undefined;
  readonly ms: number;
  /** Further facts by name, in the order in which they are shown. An empty text is not shown. */
  readonly fields: Readonly<Record<string, string>>;
}

const HAPROXY =
  /^(\S+) \[([^\]]+)\] (\S+) (\S+) (?:-?\d+\/)+\+?(-?\d+) (?:(-?\d+) )?\+?(\d+) (?:- - )?(\S+) (?:\d+\/){4}\+?\d+ \d+\/\d+/;
const REQUEST = / "((?:[^"\\]|\\.)*)"(?: id=(\S+))?(?: cause=|$)/;
const CAUSE = / cause="([^"]*)"$/;
const SNI = / sni="([^"]*)"/;
const APPSERVER = /^(\S+) \[([^\]]+)\] (\S+) (\S+) (\d+) (\d+) (\S+) (\S+) "([^"]*)"$/;

/** Returns what a line of text says; undefined when it is in none of the formats. */
export function readAccessLine(line: string): AccessLine | undefined {
  return fromAppserver(line) ?? fromHaproxy(line);
}

function fromHaproxy(line: string): AccessLine | undefined {
  const [found, client = "", began = "", , server = "", ta, status] = HAPROXY.exec(line) ?? [];
  if (found === undefined) return undefined;
  const rest = line.slice(found.length);
  const [, request = "TCP", id = ""] = REQUEST.exec(rest) ?? [];
  const [, sni = ""] = SNI.exec(rest) ?? [];
  const [, cause = ""] = CAUSE.exec(rest) ?? [];
  const ms = Math.max(Number(ta), 0);
  return {
    time: localTime(began) + ms,
    request,
    status: status === undefined ? undefined : Number(status),
    ms,
    fields: { server, client, sni, id, cause },
  };
}

function fromAppserver(line: string): AccessLine | undefined {
  const [found, client = "", began = "", , id = "", ms, status, , state = "", request = ""] =
    APPSERVER.exec(line) ?? [];
  if (found === undefined) return undefined;
  const cause = state === "--" ? "" : state;
  return {
    time: Date.parse(began) + Number(ms),
    request,
    status: Number(status),
    ms: Number(ms),
    fields: { client, id, cause },
  };
}

/** Returns what an object of `accessFormat: json` says; undefined when it has no time. */
export function readAccessObject(
  object: Readonly<Record<string, unknown>>,
): AccessLine | undefined {
  const text = (key: string): string => {
    const value = object[key];
    return typeof value === "string" ? value : "";
  };
  const number = (...keys: readonly string[]): number | undefined =>
    keys.map((key) => object[key]).find((value) => typeof value === "number");
  const began = Date.parse(text("time"));
  if (Number.isNaN(began)) return undefined;
  const ms = Math.max(number("Ta", "Tt", "ms") ?? 0, 0);
  const request = `${text("method")} ${text("target") || text("url")}`;
  const noRequest = object.status === undefined ? "TCP" : "<BADREQ>";
  const backend = text("backend");
  const server = backend === "" ? "" : `${backend}/${text("server")}`;
  return {
    time: began + ms,
    request: text("method") === "" ? noRequest : request,
    status: number("status"),
    ms,
    fields: {
      ...{ server, client: text("client"), sni: text("sni") },
      ...{ id: text("id"), cause: text("cause") },
    },
  };
}

/**
 * Access lines have no level of their own. An answer from 500 up is an error. A warning is an answer from 400 up, and a
 * request without any, because then it was mostly the client that left.
 */
export function levelOf({ status, fields }: AccessLine): Level {
  if (status === undefined) return fields.cause === "" ? "info" : "warn";
  if (status >= 500) return "error";
  return status >= 400 || status < 0 ? "warn" : "info";
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** Reads a time such as `06/Feb/2009:12:14:14.655`, which is in the zone of the machine. */
function localTime(text: string): number {
  const [day, month = "", year, hour, minute, second] = text.split(/[/:]/);
  const seconds = Number(second);
  const whole = Math.floor(seconds);
  const ms = Math.round((seconds - whole) * 1000);
  return new Date(
    ...([Number(year), MONTHS.indexOf(month), Number(day)] as const),
    ...([Number(hour), Number(minute), whole, ms] as const),
  ).getTime();
}
