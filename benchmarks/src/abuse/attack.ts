// An attack: some hostile connections at once, each of which begins anew when the proxy ends it.
import { connect, type Socket } from "node:net";
import type { Flood, Script } from "./flood.ts";
import { frame, PREFACE, TYPE } from "./frames.ts";

/** What the attacker has seen. */
export interface AttackResult {
  /** How many connections the proxy has ended. */
  readonly ended: number;
  /** How many frames were written. */
  readonly inputs: number;
  /** How often each code came in a GOAWAY. */
  readonly goaways: Readonly<Record<string, number>>;
  /** How many streams the proxy has reset. */
  readonly resets: number;
}

/** How long a hostile client waits before it comes again, so that not the new connections are the attack. */
const PAUSE_MS = 20;
/** How long it waits when its script has nothing to send now. */
const NOTHING_MS = 50;

const GOAWAY = 7;

export class Attack {
  readonly #flood: Flood;
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  readonly #goaways: Record<string, number> = {};
  #ended = 0;
  #inputs = 0;
  #resets = 0;
  #stopped = false;

  constructor(flood: Flood, port: number, connections: number) {
    this.#flood = flood;
    this.#port = port;
    for (let i = 0; i < connections; i++) this.#open();
  }

  get result(): AttackResult {
    return {
      ended: this.#ended,
      inputs: this.#inputs,
      goaways: this.#goaways,
      resets: this.#resets,
    };
  }

  stop(): void {
    this.#stopped = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  #open(): void {
    if (this.#stopped) return;
    const script = this.#flood.open();
    const socket = connect({ host: "127.0.0.1", port: this.#port });
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    if (script.deaf !== true) this.#read(socket);
    socket.once("connect", () => {
      if (script.silent === true) return;
      socket.write(Buffer.concat([PREFACE, frame(TYPE.settings, 0, 0), script.begin]));
      this.#inputs += script.beginFrames;
      this.#go(socket, script);
    });
    socket.on("error", () => socket.destroy());
    socket.once("close", () => {
      this.#sockets.delete(socket);
      if (this.#stopped) return;
      this.#ended++;
      setTimeout(() => this.#open(), PAUSE_MS);
    });
    // A deaf client does not see the end of its connection, so it looks whether it can still write.
    if (script.deaf === true) this.#poke(socket);
  }

  /** Writes the next bytes whenever the kernel has taken the ones before. */
  #go(socket: Socket, { more, moreFrames = 0 }: Script): void {
    if (more === undefined) return;
    const next = (): void => {
      if (socket.destroyed || !socket.writable) return;
      const bytes = more();
      if (bytes.length === 0) {
        setTimeout(next, NOTHING_MS);
        return;
      }
      this.#inputs += moreFrames;
      socket.write(bytes, () => setImmediate(next));
    };
    next();
  }

  #poke(socket: Socket): void {
    const ping = frame(TYPE.ping, 0, 0, Buffer.alloc(8));
    const timer = setInterval(() => socket.write(ping), 200);
    socket.once("close", () => clearInterval(timer));
  }

  /** Looks at the frames that the proxy sends: GOAWAY and RST_STREAM are counted. */
  #read(socket: Socket): void {
    let kept: Buffer = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      kept = kept.length === 0 ? chunk : Buffer.concat([kept, chunk]);
      while (kept.length >= 9) {
        const length = kept.readUIntBE(0, 3);
        if (kept.length < 9 + length) return;
        const type = kept[3];
        if (type === TYPE.rstStream) this.#resets++;
        if (type === GOAWAY) {
          const code = String(kept.readUInt32BE(13));
          this.#goaways[code] = (this.#goaways[code] ?? 0) + 1;
        }
        kept = kept.subarray(9 + length);
      }
    });
  }
}
