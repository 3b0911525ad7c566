// Accepts plain TCP connections directly from the server's handle, so that their sockets read into ReadBuffers. Node
// offers the option `onread` only for sockets that connect, not for sockets that are accepted. With `onread`, relaying
// bytes between two sockets costs a tenth less CPU per request than without (22.5 → 19.9 µs). The handle is not a
// documented interface. When the handle does not look as expected, connections are accepted the documented way, which
// costs a little more.
import { type Server, Socket, type SocketConstructorOpts } from "node:net";
import { getSystemErrorName } from "node:util";
import { type ReadBuffers, SocketReads } from "../reads.ts";

/** The handle of one connection, which Node passes to the server. */
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
  /**
   * Whether one more connection may be opened. Called for each connection. False = the connection is closed at once,
   * and `turnedAway` is called.
   */
  readonly room: () => boolean;
  readonly turnedAway: (clientAddress: string) => void;
  /**
   * Called when a connection could not be accepted, for example because no descriptor is free (EMFILE). No socket was
   * opened for that connection.
   */
  readonly failed: (error: Error) => void;
}

/**
 * Accepts the connections of `server` from now on, instead of Node. The server must listen already. Returns false, and
 * changes nothing, when the server's handle does not look as expected.
 */
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
  // The types allow only handles that a program made itself (BoundSocket). At run time the constructor also takes
  // Node's own handles, such as this one.
  return new Socket(options as unknown as SocketConstructorOpts);
}

function handleOf(server: Server): ServerHandle | undefined {
  const handle: unknown = Reflect.get(server, "_handle");
  if (typeof handle !== "object" || handle === null) return undefined;
  const { onconnection } = handle as Partial<ServerHandle>;
  return typeof onconnection === "function" ? (handle as ServerHandle) : undefined;
}
