// The vectors of test/vectors/h2 as data; the format is described in their README.md.
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { H2Limits } from "../../src/h2/limits.ts";
import { CLIENT_PREFACE } from "../../src/h2/preface.ts";
import { DEFAULT_LIMITS, type RequestLimits } from "../../src/index.ts";
import { Script } from "./frames.ts";
import { openClient, openServer, type Recorded } from "./recorder.ts";

export interface H2Vector {
  readonly name: string;
  /** The words behind `h2` on the fence. */
  readonly options: string;
  readonly bytes: Buffer;
  readonly open: () => Recorded;
  readonly expected: string[];
}

const folder = join(import.meta.dirname, "../vectors/h2");
const CASE = /^## (.+)\n[\s\S]*?```h2 *(.*)\n([\s\S]*?)```\n+```result\n([\s\S]*?)```/gm;

export function loadH2Vectors(): H2Vector[] {
  const vectors: H2Vector[] = [];
  for (const file of globSync(join(folder, "*.md")).sort()) {
    if (basename(file) === "README.md") continue;
    const text = readFileSync(file, "utf8");
    const before = vectors.length;
    for (const [, name = "", options = "", lines = "", result = ""] of text.matchAll(CASE)) {
      vectors.push({
        name: `${basename(file, ".md")}: ${name}`,
        options,
        ...vectorOf(options, lines.trim().split("\n")),
        expected: result.trim().split("\n"),
      });
    }
    const sections = text.match(/^## /gm)?.length ?? 0;
    if (vectors.length - before !== sections)
      throw new Error(`${file}: not every section is a case`);
  }
  return vectors;
}

function vectorOf(options: string, lines: readonly string[]): Pick<H2Vector, "bytes" | "open"> {
  const script = new Script();
  const option = (key: string): number | undefined => {
    const found = new RegExp(`\\b${key}=(\\d+)`).exec(options)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const heads: RequestLimits = {
    ...DEFAULT_LIMITS,
    head: option("head") ?? DEFAULT_LIMITS.head,
    fields: option("fields") ?? DEFAULT_LIMITS.fields,
    requestLine: option("line") ?? DEFAULT_LIMITS.requestLine,
  };
  const bare = /\bbare\b/.test(options);
  const client = /\bclient\b/.test(options);
  const begin = bare ? [] : ["SETTINGS"];
  const frames = [...begin, ...lines].map((line) => script.line(line));
  const bytes = Buffer.concat([Buffer.from(bare || client ? "" : CLIENT_PREFACE), ...frames]);
  if (client) {
    const requests = /requests="(.*)"/.exec(options)?.[1] ?? "GET /";
    return { bytes, open: () => openClient(requests.split(", "), heads) };
  }
  const burst = (key: string) => {
    const value = option(key);
    return value === undefined ? {} : { [key]: { burst: value, perSecond: 0 } };
  };
  const streams = option("streams");
  const window = option("window");
  const limits: Partial<H2Limits> = {
    ...burst("resets"),
    ...burst("idleFrames"),
    ...burst("tinyFrames"),
    ...(streams === undefined ? {} : { streams }),
    ...(window === undefined ? {} : { streamWindow: window }),
    connectProtocol: /\bconnect\b/.test(options),
  };
  return { bytes, open: () => openServer({ heads, limits, answers: option("answers") }) };
}

/** Gives the bytes to a new connection, cut at `cuts`, and returns what happened and what was written. */
export function run(
  { bytes, open }: Pick<H2Vector, "bytes" | "open">,
  cuts: readonly number[],
): string[] {
  const { connection, events, frames } = open();
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    // Each piece is a copy, so that the codec cannot read the bytes beside it in memory.
    const piece = Buffer.from(bytes.subarray(from, to));
    connection.receive(piece, 0);
    connection.flush();
    piece.fill(0);
    from = to;
  }
  return [
    ...events,
    ...frames()
      .filter((line) => line !== "SETTINGS ack")
      .map((line) => `> ${line}`),
  ];
}
