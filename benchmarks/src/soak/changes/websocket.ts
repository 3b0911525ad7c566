// WebSockets over HTTP/1.1 and TLS, each a tunnel of messages.
import { once } from "node:events";
import { WebSocket } from "ws";
import { type ClientOptions, NAME, NotAccepted, patient } from "./client.ts";
import { reasonOf } from "./counts.ts";
import { type Tunnel, TunnelEnded, useTunnels } from "./tunnel.ts";

export function websocket(options: ClientOptions): Promise<void> {
  const { site, ca } = options;
  // `servername` is missing in the types of ws, which pass it on to `tls.connect`.
  const settings = { ca, servername: NAME, headers: { host: NAME } };
  return useTunnels(options, async (box): Promise<Tunnel> => {
    const url = `wss://127.0.0.1:${site.ports[box].balancer}/echo/socket`;
    const socket = new WebSocket(url, settings);
    try {
      await patient(once(socket, "open"), "WebSocket");
    } catch (error) {
      socket.terminate();
      const reason = reasonOf(error);
      // An answer came, so the balancer accepted the connection.
      if (reason.includes("server response")) throw new Error(`not opened: ${reason}`);
      throw new NotAccepted(reason, { cause: error });
    }
    const ended = new Promise<never>((_, reject) => {
      socket.on("error", () => undefined);
      socket.once("close", (code) => reject(new TunnelEnded(`closed with ${code}`)));
    });
    ended.catch(() => undefined);
    return {
      async echo(message) {
        const back = once(socket, "message") as Promise<[Buffer]>;
        socket.send(message, () => undefined);
        const [echoed] = await patient(Promise.race([back, ended]), "echo");
        return echoed;
      },
      close: () => socket.close(),
    };
  });
}
