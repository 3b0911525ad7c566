// What `tandem proxy` and `tandem serve` show of their tier's log: a line for each request on stdout, the state of
// servers on stderr, and a summary at the end.
import { palette } from "@tandem/telemetry/colors";
import { systemClock } from "@tandem/transport";
import { print, say } from "../cli/terminal.ts";
import { type LogLine, readLogLine } from "./records.ts";
import { type LineStyle, pathWidthOf, requestLine } from "./request-line.ts";
import { Tally } from "./tally.ts";
import type { Target } from "./targets.ts";

export class Traffic {
  readonly #tier: string;
  readonly #addresses: ReadonlyMap<string, string>;
  readonly #json: boolean;
  readonly #tally: Tally;
  readonly #down = new Set<string>();
  /** The lines that came before the tier was ready; undefined when lines are shown as they come. */
  #early: string[] | undefined = [];

  /** With `json`, requests are written as the tier logs them, and the summary goes to stderr. A webserver has no targets. */
  constructor(tier: string, targets: readonly Target[], json: boolean) {
    this.#tier = tier;
    this.#addresses = new Map(targets.map(({ name, address }) => [name, address]));
    this.#json = json;
    this.#tally = new Tally(this.#addresses);
  }

  /** Shows what was kept back until now, and from now on each line as it comes. */
  show(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const line of early) this.line(line);
  }

  /** Takes a line of the tier's log. */
  line(line: string): void {
    if (this.#early !== undefined) {
      this.#early.push(line);
      return;
    }
    const read = readLogLine(line);
    if (read === undefined) return;
    if (read.kind === "request") this.#request(read, line);
    else if (read.kind === "server") this.#server(read);
    else if (read.kind === "draining") this.#draining(read);
    else this.#notice("yellow", read.message);
  }

  /** Says that the tier hangs, or that it answers again. */
  silent(silent: boolean): void {
    if (silent) this.#notice("red", `the ${this.#tier} does not answer; Ctrl-C twice ends it`);
    else this.#notice("green", `the ${this.#tier} answers again`);
  }

  summary(): void {
    if (this.#early !== undefined) return;
    const { bold, dim } = palette(this.#json ? process.stderr : process.stdout);
    const rows = this.#tally
      .rows()
      .map(([name, words]) => `  ${dim(name.padEnd(9))} ${bold(words)}`);
    (this.#json ? say : print)(["", ...rows].join("\n"));
  }

  #request({ record }: LogLine & { readonly kind: "request" }, line: string): void {
    this.#tally.add(record);
    print(this.#json ? line : requestLine(record, this.#style()));
  }

  #server({ server, up, why }: LogLine & { readonly kind: "server" }): void {
    if (up) this.#down.delete(server);
    else this.#down.add(server);
    const name = this.#addresses.get(server) ?? server;
    const none = this.#down.size === this.#addresses.size;
    const rest = none ? "requests get 503 until a server is up" : "the others take its requests";
    if (up) this.#notice("green", `${name} is up`);
    else this.#notice("red", `${name} is down (${why}); ${rest}`);
  }

  /** Says what the end waits for. An event stream or a WebSocket can be a request that never ends. */
  #draining({ inFlight, drainMs }: LogLine & { readonly kind: "draining" }): void {
    if (inFlight < 1) return;
    const requests = inFlight === 1 ? "1 request" : `${inFlight} requests`;
    const limit = Math.ceil(drainMs / 1000);
    this.#notice(
      "yellow",
      `waiting for ${requests}, ${limit} s at most; Ctrl-C once more ends at once`,
    );
  }

  #notice(colour: "red" | "yellow" | "green", words: string): void {
    const paint = palette(process.stderr);
    const time = new Date(systemClock.wall()).toTimeString().slice(0, 8);
    say(`${paint.dim(time)} ${paint[colour](words)}`);
  }

  /** The terminal may be resized, so its width is asked for each line. */
  #style(): LineStyle {
    const { isTTY, columns } = process.stdout;
    const pathWidth = isTTY ? pathWidthOf(columns) : undefined;
    return { paint: palette(), pathWidth, addresses: this.#addresses };
  }
}
