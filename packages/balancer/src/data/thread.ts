// The program of a data thread: opens the data plane, and does what the control thread's messages say.
import { parentPort, workerData } from "node:worker_threads";
import { accessFormatter, openThreadLog } from "@tandem/telemetry/thread-log";
import { Names, RefusalLog, systemClock, systemRng } from "@tandem/transport";
import { loadCustoms } from "../balance/custom.ts";
import type { Refusal } from "../frontend/refusal.ts";
import { DataPlane } from "./data-plane.ts";
import type { FromThread, ThreadOptions, ToThread } from "./messages.ts";

const { index, config, telemetry, box, pseudonym, memory, names, ticketSecret }: ThreadOptions =
  workerData;
const tier = { tier: "balancer", box } as const;
const format = accessFormatter(telemetry.log.accessFormat);
const tell = (message: FromThread): void => parentPort?.postMessage(message);
const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const refusals = new RefusalLog<Refusal>(systemClock, (refusal, unsaid) =>
  tell({ type: "connection-refused", refusal, unsaid }),
);

function obey(plane: DataPlane, close: () => Promise<void>, message: ToThread): void {
  switch (message.type) {
    case "prepare":
      plane.prepare(message.config, message.memory).then(
        () => tell({ type: "prepared" }),
        (error: unknown) => tell({ type: "refused", message: words(error) }),
      );
      return;
    case "commit":
      tell({ type: "committed", ports: plane.commit() });
      return;
    case "abort":
      plane.abort();
      return;
    case "name":
      plane.learn(message.name, message.addresses);
      return;
    case "certificates":
      plane.renewCertificates(message.frontends);
      return;
    case "ticket-secret":
      plane.useTicketSecret(message.secret);
      return;
    case "drain":
      void plane.drain(message.deadlineMs, message.replaced).then(() => tell({ type: "drained" }));
      return;
    case "stop":
      plane.stop();
      void close().then(() => parentPort?.close());
  }
}

async function run(): Promise<void> {
  const { accessLog, close } = await openThreadLog(telemetry, tier, systemClock);
  const plane = new DataPlane({
    config,
    memory,
    thread: index,
    ...{ box, pseudonym },
    clock: systemClock,
    rng: systemRng,
    names: new Names(names),
    ticketSecret,
    customs: await loadCustoms(config),
    refused: (refusal) => refusals.tell(refusal, refusal.frontend),
    complain: (message) => tell({ type: "complaint", message }),
    log: (record) => accessLog.record(format, record),
  });
  parentPort?.on("message", (message: ToThread) => obey(plane, close, message));
  tell({ type: "ready", ports: await plane.listen() });
}

run().catch((error: unknown) => tell({ type: "failed", message: words(error) }));
