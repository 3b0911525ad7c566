// Runs the vectors of test/vectors: bytes in, events out, however the bytes are cut. The format is
// described in test/vectors/README.md.
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import t from "tap";
import {
  BodyDecoder,
  type BodySink,
  CHUNKED,
  DEFAULT_LIMITS,
  type Fields,
  type HeadLimits,
  HeadReader,
  ProtocolFailure,
  parseRequestHead,
  parseResponseHead,
  RequestHead,
  type ResponseHead,
  UNTIL_CLOSE,
} from "../src/index.ts";

interface Vector {
  readonly name: string;
  readonly bytes: Buffer;
  readonly limits: HeadLimits;
  /** The method answered; undefined for requests. */
  readonly answers: string | undefined;
  readonly expected: string[];
}

const folder = join(import.meta.dirname, "vectors");
const CASE = /^## (.+)\n[\s\S]*?```http *(.*)\n([\s\S]*?)```\n+```result\n([\s\S]*?)```/gm;

function load(kind: "request" | "response"): Vector[] {
  const vectors: Vector[] = [];
  for (const file of globSync(join(folder, kind, "*.md")).sort()) {
    const text = readFileSync(file, "utf8");
    const before = vectors.length;
    for (const [, name, options = "", bytes = "", result = ""] of text.matchAll(CASE)) {
      const limit = (key: string) => Number(new RegExp(`${key}=(\\d+)`).exec(options)?.[1]);
      const method = /\b[A-Z]+\b/.exec(options)?.[0] ?? "GET";
      vectors.push({
        name: `${basename(file, ".md")}: ${name}`,
        bytes: decode(bytes),
        limits: {
          requestLine: limit("line") || DEFAULT_LIMITS.requestLine,
          head: limit("head") || DEFAULT_LIMITS.head,
          fields: limit("fields") || DEFAULT_LIMITS.fields,
        },
        answers: kind === "request" ? undefined : method,
        expected: result.trim().split("\n"),
      });
    }
    const sections = text.match(/^## /gm)?.length ?? 0;
    // A case with a typing error in its fences must not vanish.
    if (vectors.length - before !== sections)
      throw new Error(`${file}: not every section is a case`);
  }
  return vectors;
}

function decode(block: string): Buffer {
  const text = block
    .replaceAll("\n", "")
    .replaceAll(/\\(r|n|t|\\|x[0-9a-f]{2})/g, (_, escaped: string) => {
      if (escaped === "r") return "\r";
      if (escaped === "n") return "\n";
      if (escaped === "t") return "\t";
      return escaped === "\\" ? "\\" : String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    });
  return Buffer.from(text, "latin1");
}

/** One connection: takes pieces of bytes, writes down what they mean. */
class Connection implements BodySink {
  readonly events: string[] = [];
  readonly #vector: Vector;
  readonly #reader: HeadReader;
  readonly #decoder: BodyDecoder;
  #over = false;
  #data = "";

  constructor(vector: Vector) {
    const sender = vector.answers === undefined ? "client" : "server";
    this.#vector = vector;
    this.#reader = new HeadReader(vector.limits, sender);
    this.#decoder = new BodyDecoder(vector.limits, sender);
  }

  feed(piece: Buffer): void {
    let offset = 0;
    while (offset < piece.length && !this.#over) {
      if (this.#decoder.done) {
        offset = this.#reader.read(piece, offset);
        if (this.#reader.failure !== undefined) this.#refuse(this.#reader.failure);
        if (offset < 0) return;
        this.#head(this.#reader.text);
        this.#reader.reset();
      }
      if (this.#over) return;
      offset = this.#decoder.decode(piece, offset);
      if (this.#decoder.failure !== undefined) this.#refuse(this.#decoder.failure);
    }
  }

  end(): string[] {
    if (!this.#over && !(this.#decoder.eof() && !this.#reader.started))
      this.events.push(this.#flush("more"));
    return this.events;
  }

  bodyData(chunk: Buffer): void {
    this.#data += chunk.toString("latin1");
  }

  bodyEnd(trailers: Fields | undefined): void {
    const end = this.#flush("end");
    for (const field of list(trailers)) this.events.push(`trailer ${field}`);
    this.events.push(end);
  }

  #head(text: string): void {
    const { limits, answers } = this.#vector;
    const head =
      answers === undefined
        ? parseRequestHead(text, limits)
        : parseResponseHead(text, limits, answers);
    if (head instanceof ProtocolFailure) {
      this.#refuse(head);
      return;
    }
    this.events.push(head instanceof RequestHead ? requestLine(head) : responseLine(head));
    if (this.#vector.expected.some((line) => /^[^\s"]+: /.test(line)))
      this.events.push(...list(head.fields));
    this.#decoder.start(head.bodyLength, this);
    this.#decoder.decode(Buffer.alloc(0), 0);
  }

  #refuse(failure: ProtocolFailure): void {
    this.events.push(this.#flush(`refused ${failure.status} ${failure.code}`));
    this.#over = true;
  }

  #flush(next: string): string {
    if (this.#data !== "") this.events.push(`data ${JSON.stringify(this.#data)}`);
    this.#data = "";
    return next;
  }
}

function list(fields: Fields | undefined): string[] {
  return fields === undefined
    ? []
    : fields.keys.map((_, i) => `${fields.name(i)}: ${fields.value(i)}`);
}

function life(head: RequestHead | ResponseHead): string {
  const { bodyLength } = head;
  const open = bodyLength === UNTIL_CLOSE ? "until-close" : String(bodyLength);
  const length = bodyLength === CHUNKED ? "chunked" : open;
  return `${head.version === 10 ? "1.0" : "1.1"}%length=${length} ${head.keepAlive ? "keep" : "close"}`;
}

function requestLine(head: RequestHead): string {
  const upgrade = head.upgrade === undefined ? "" : ` upgrade=${head.upgrade}`;
  const line = life(head).replace("%", ` host=${head.host} `);
  return `${head.method} ${head.path} ${line}${upgrade}${head.expectContinue ? " continue" : ""}`;
}

function responseLine(head: ResponseHead): string {
  return `${head.status} ${head.reason} ${life(head).replace("%", " ")}`;
}

function run(vector: Vector, cuts: readonly number[]): string[] {
  const connection = new Connection(vector);
  let from = 0;
  for (const to of [...cuts, vector.bytes.length]) {
    // A copy per piece: nobody may rely on what stands in memory beside it.
    connection.feed(Buffer.from(vector.bytes.subarray(from, to)));
    from = to;
  }
  return connection.end();
}

for (const kind of ["request", "response"] as const) {
  t.test(`${kind} vectors`, (t) => {
    for (const vector of load(kind)) {
      const whole = run(vector, []);
      t.same(whole, vector.expected, vector.name);
      const expected = whole.join("\n");
      const positions = Array.from({ length: vector.bytes.length - 1 }, (_, i) => i + 1);
      const differing = positions.filter((cut) => run(vector, [cut]).join("\n") !== expected);
      t.same(differing, [], `${vector.name}, cut anywhere`);
      t.same(run(vector, positions), whole, `${vector.name}, byte by byte`);
    }
    t.end();
  });
}
