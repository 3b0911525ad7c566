// The servers of a site, all in one process: it does little, since their work is waiting. A request says its work in the
// query: /?ms=12.5. The answer's `stay` is how long the request was meant to stay, its wait for a worker included.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WorkerQueue } from "./worker-queue.ts";

const [workers = "1", ...speeds] = process.argv.slice(2);

const ports = await Promise.all(
  speeds.map(async (speed, index) => {
    const queue = new WorkerQueue(Number(workers), Number(speed));
    const server = createServer({ keepAlive: true }, (request, response) => {
      const now = performance.now();
      const end = queue.take(now, Number(request.url?.split("ms=")[1] ?? 0));
      setTimeout(
        () =>
          response
            .setHeader("stay", end - now)
            .setHeader("box", index)
            .end("ok\n"),
        end - performance.now(),
      );
    });
    server.keepAliveTimeout = 60_000;
    await once(server.listen(0, "127.0.0.1"), "listening");
    return (server.address() as AddressInfo).port;
  }),
);
process.stdout.write(`${JSON.stringify(ports)}\n`);
