// Accepting plain TCP connections straight from the server's handle, so that their sockets read into our
// memory. Node offers `onread` for sockets that connect, not for those it accepts; with it a splice of
// two sockets costs a tenth less CPU per request (22.5 → 19.9 µs). The handle is not a documented
// interface: where it does not look as expected, connections come the documented way, a little dearer.
import { type Server, Socket, type SocketConstructorOpts } from "node:net";
import { getSystemErrorName } from "node:util";
import { type ReadBuffers, SocketReads } from "../reads.ts";

/** What Node passes to the server for each connection. */
interface ClientHandle {
  setNoDelay(on: boolean): unknown;
  getpeername(into: { address?: string }): unknown;
  close(): void;
}

interface ServerHandle {
  onconnection: (status: number, client: ClientHandle | undefined) => void;
}

export interface AcceptOptions {
  readonly buffers: ReadBuffers;
  readonly accepted: (socket: Socket, reads: SocketReads) => void;
  /** Asked for each connection; false = it is closed at once, and `turnedAway` hears of it. */
  readonly room: () => boolean;
  readonly turnedAway: (clientAddress: string) => void;
  /** A connection that could not be taken, such as for want of descriptors (EMFILE); it is closed already. */
  readonly failed: (error: Error) => void;
}

/** Takes over the connections of a server that listens. False when this Node does not let us. */
export function acceptRaw(server: Server, options: AcceptOptions): boolean {
  const handle = handleOf(server);
  if (handle === undefined) return false;
  handle.onconnection = (status, client) => {
    if (status !== 0 || client === undefined) {
      options.failed(new Error(`accept failed: ${getSystemErrorName(status)}`));
      return;
    }
    if (!options.room()) {
      const peer: { address?: string } = {};
      client.getpeername(peer);
      client.close();
      options.turnedAway(peer.address ?? "");
      return;
    }
    client.setNoDelay(true);
    const reads = new SocketReads(options.buffers);
    options.accepted(openSocket(client, reads), reads);
  };
  return true;
}

function openSocket(handle: ClientHandle, { onread }: SocketReads): Socket {
  const options = { handle, allowHalfOpen: true, readable: true, writable: true, onread };
  // The types know only handles that a program made itself (BoundSocket); Node passes its own here too.
  return new Socket(options as unknown as SocketConstructorOpts);
}

function handleOf(server: Server): ServerHandle | undefined {
  const handle: unknown = Reflect.get(server, "_handle");
  if (typeof handle !== "object" || handle === null) return undefined;
  const { onconnection } = handle as Partial<ServerHandle>;
  return typeof onconnection === "function" ? (handle as ServerHandle) : undefined;
}
