// Runs the vectors of test/vectors: the bytes of each vector have to give the events that it lists, however the bytes
// are cut. The format is described in test/vectors/README.md.
import t from "tap";
import {
  BodyDecoder,
  type BodySink,
  CHUNKED,
  type Fields,
  HeadReader,
  ProtocolFailure,
  parseRequestHead,
  parseResponseHead,
  RequestHead,
  type ResponseHead,
  UNTIL_CLOSE,
} from "../src/index.ts";
import { loadVectors, type Vector } from "./vectors.ts";

/** One connection: takes bytes in pieces and records the events. */
class Connection implements BodySink {
  readonly events: string[] = [];
  readonly #vector: Vector;
  readonly #reader: HeadReader;
  readonly #decoder: BodyDecoder;
  #over = false;
  #bodyOver = true;
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
      if (this.#bodyOver) {
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
    this.#bodyOver = true;
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
    this.#bodyOver = false;
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
  const normal = head.path === head.target ? "" : ` matches=${head.path}`;
  return `${head.method} ${head.target} ${line}${upgrade}${head.expectContinue ? " continue" : ""}${normal}`;
}

function responseLine(head: ResponseHead): string {
  return `${head.status} ${head.reason} ${life(head).replace("%", " ")}`;
}

function run(vector: Vector, cuts: readonly number[]): string[] {
  const connection = new Connection(vector);
  let from = 0;
  for (const to of [...cuts, vector.bytes.length]) {
    // Each piece is a copy, so that the parser cannot read the bytes beside it in memory.
    connection.feed(Buffer.from(vector.bytes.subarray(from, to)));
    from = to;
  }
  return connection.end();
}

for (const kind of ["request", "response"] as const) {
  t.test(`${kind} vectors`, (t) => {
    for (const vector of loadVectors(kind)) {
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
