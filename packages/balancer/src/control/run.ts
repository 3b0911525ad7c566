// Runs a balancer with the settings of a file until it is told to stop.
import { isDeepStrictEqual } from "node:util";
import type { BalancerConfig, TelemetryConfig } from "@tandem/config";
import { checkTelemetry, openTelemetry } from "@tandem/telemetry";
import { complaintOf, runCheck, runService, systemClock, systemRng } from "@tandem/transport";
import { collectSeldom } from "./collect-seldom.ts";
import { ControlPlane } from "./control-plane.ts";

/** What a balancer needs of the file, and the box that it runs on. */
export interface Settings {
  readonly site: string;
  readonly box: string;
  readonly balancer: BalancerConfig;
  readonly telemetry: TelemetryConfig;
}

/** Opens what a start would open, prints what would stop it, and exits. */
export async function checkAndExit({ balancer, telemetry, box }: Settings): Promise<never> {
  const { checkBalancer } = await import("./check.ts");
  return runCheck(async () => [
    ...(await complaintOf(() => checkTelemetry(telemetry))),
    ...(await checkBalancer(balancer, box)),
  ]);
}

export interface Running {
  readonly settings: Settings;
  /** Reads the file again, for a reload. */
  readonly read: () => Promise<Settings>;
  readonly sharePorts: boolean | undefined;
}

/** Runs the balancer. The promise may outlive the start: it settles after the drain. */
export async function runBalancer({ settings, read, sharePorts }: Running): Promise<void> {
  const { site, box, balancer, telemetry: written } = settings;
  collectSeldom();
  const telemetry = openTelemetry(written, { tier: "balancer", box }, systemClock);
  const { logger, registry } = telemetry;
  const service = new ControlPlane({
    ...{ config: balancer, telemetry: written, site, box, sharePorts },
    ...{ clock: systemClock, rng: systemRng, logger, registry },
    reread: async () => {
      const next = await read();
      if (!isDeepStrictEqual(next.telemetry, written))
        logger.warn({}, "the 'telemetry' section has changed; that needs a restart");
      return next.balancer;
    },
  });
  await runService(service, {
    get drainMs() {
      return service.drainMs;
    },
    ...{ logger, sharePorts },
    addresses: () => service.addresses,
    inFlight: () => service.inFlight,
    reload: () => service.reload(),
    close: () => telemetry.close(),
  });
}
