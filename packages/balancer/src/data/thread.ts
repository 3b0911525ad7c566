// The entry of a data thread.
import { parentPort, workerData } from "node:worker_threads";
import { accessFormatter, openTelemetry } from "@tandem/telemetry";
import { systemClock, systemRng } from "@tandem/transport";
import { SharedState } from "../backend/shared-state.ts";
import { DataPlane } from "./data-plane.ts";
import type { FromThread, ThreadOptions, ToThread } from "./messages.ts";

const { index, config, telemetry, box, buffers }: ThreadOptions = workerData;
const { accessLog, close } = openTelemetry(telemetry, { tier: "balancer", box }, systemClock);
const format = accessFormatter(telemetry.log.accessFormat);
const tell = (message: FromThread): void => parentPort?.postMessage(message);

try {
  const plane = new DataPlane({
    config,
    shared: new SharedState(buffers, index),
    box,
    clock: systemClock,
    rng: systemRng,
    log: (record) => accessLog.record(format, record),
  });
  parentPort?.on("message", (message: ToThread) => {
    if (message.type === "drain") {
      void plane.drain(message.deadlineMs).then(() => tell({ type: "drained" }));
    } else {
      plane.stop();
      void close().then(() => parentPort?.close());
    }
  });
  tell({ type: "ready", ports: await plane.listen() });
} catch (error) {
  tell({ type: "failed", message: error instanceof Error ? error.message : String(error) });
}
