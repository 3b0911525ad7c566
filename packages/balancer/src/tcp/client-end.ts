// The client's end of a connection in TCP mode. It reads from the beginning, so that a client that leaves while it waits
// for a server is noticed. The first bytes are kept until a server is connected; a client that sends more is held up.
// It also counts the bytes of both directions.
import type { ByteEnd, ByteEndListener, Closing } from "@tandem/transport";

/** How many bytes are kept for a server that is not connected yet. */
const MOST_KEPT = 16 * 1024;

export interface ClientWatch {
  /** Called for the bytes that came from the client, and for the bytes that were sent to it. */
  received(bytes: number): void;
  sent(bytes: number): void;
  /** Called once, when the client's connection has closed; after the tunnel was told, if there is one. */
  closed(how: Closing): void;
}

export class ClientEnd implements ByteEnd, ByteEndListener {
  readonly #end: ByteEnd;
  readonly #watch: ClientWatch;
  /** The other half of the tunnel; undefined until a server is connected. */
  #listener: ByteEndListener | undefined = undefined;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #ended = false;

  /** Begins to read from `end` at once. */
  constructor(end: ByteEnd, watch: ClientWatch) {
    this.#end = end;
    this.#watch = watch;
    end.begin(this);
  }

  // The following methods are those of the interface `ByteEnd`, for the tunnel.

  begin(listener: ByteEndListener): void {
    this.#listener = listener;
    const kept = this.#kept;
    this.#kept = [];
    // The tunnel pauses the client again if the server is slow, and only then resumes it when the server has taken the bytes.
    if (this.#keptBytes >= MOST_KEPT) this.#end.resume();
    for (const chunk of kept) listener.data(chunk);
    if (this.#ended) listener.ended();
  }

  write(chunk: Buffer): boolean {
    this.#watch.sent(chunk.length);
    return this.#end.write(chunk);
  }

  get delivered(): boolean {
    return this.#end.delivered;
  }

  pause(): void {
    this.#end.pause();
  }

  resume(): void {
    this.#end.resume();
  }

  halfClose(): void {
    this.#end.halfClose();
  }

  end(): void {
    this.#end.end();
  }

  abort(): void {
    this.#end.abort();
  }

  destroy(): void {
    this.#end.destroy();
  }

  set deadline(at: number) {
    this.#end.deadline = at;
  }

  // The following methods are those of the interface `ByteEndListener`, for the client's socket.

  data(chunk: Buffer): void {
    this.#watch.received(chunk.length);
    if (this.#listener !== undefined) this.#listener.data(chunk);
    else {
      this.#kept.push(chunk);
      this.#keptBytes += chunk.length;
      if (this.#keptBytes >= MOST_KEPT) this.#end.pause();
    }
  }

  get settled(): boolean {
    return this.#kept.length === 0 && this.#listener?.settled !== false;
  }

  drained(): void {
    this.#listener?.drained();
  }

  ended(): void {
    this.#ended = true;
    this.#listener?.ended();
  }

  closed(how: Closing): void {
    this.#listener?.closed(how);
    this.#watch.closed(how);
  }
}
