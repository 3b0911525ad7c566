// From the `balance` section to the picker it describes: durations are milliseconds already, what is not
// written is left out, so that the algorithm's own defaults hold.
import type { BalanceConfig } from "@tandem/config";
import type { Server } from "../backend/server.ts";
import type { Picker, PickerEnvironment } from "../picker/picker.ts";
import {
  type Algorithm,
  type AlgorithmParameters,
  openPicker as openByName,
  PICKERS,
} from "../picker/pickers.ts";
import { type CustomAlgorithms, customPicker } from "./custom.ts";
import { type Complain, guarded } from "./guarded.ts";

export interface PickerNeeds extends PickerEnvironment {
  readonly customs: CustomAlgorithms;
  readonly complain: Complain;
}

/** Throws, with words for an operator, when a custom algorithm makes no picker. */
export function openPicker(balance: BalanceConfig, needs: PickerNeeds): Picker<Server> {
  const { rng, now, ticket, customs, complain } = needs;
  const environment = { rng, now, ticket };
  const { algorithm } = balance;
  if (algorithm !== "module")
    return openByName<Server>(algorithm, environment, parametersOf(balance, algorithm));
  const standIn = PICKERS["least-conn"]<Server>(environment);
  return guarded(customPicker(balance, environment, customs), standIn, complain);
}

type Loose = Readonly<Record<string, number | string | boolean | undefined>>;
type Parameters = Partial<AlgorithmParameters[Algorithm]>;

function parametersOf(balance: BalanceConfig, algorithm: Algorithm): Parameters {
  const { probes = {}, reports = {}, hash = {} } = balance as Partial<BalanceConfig>;
  const common = { failureMs: balance.failurePenalty, draws: balance.draws };
  const { measure } = balance;
  const all: Partial<Record<Algorithm, Loose>> = {
    "least-conn": common,
    random: common,
    "peak-ewma": { ...common, measure, decayMs: balance.decay, initialMs: balance.initial },
    "least-time": {
      ...{ ...common, measure, countInFlight: balance.countInFlight, idleMs: balance.idleDecay },
    },
    prequal: { ...common, ...probeParameters(probes) },
    "client-side-wrr": reportParameters(reports),
    "join-idle-queue": { draws: balance.draws, joinOnEnd: balance.joinOnEnd },
  };
  return written(all[algorithm] ?? (hash as Loose)) as Parameters;
}

function probeParameters(probes: Partial<NonNullable<BalanceConfig["probes"]>>): Loose {
  return {
    poolSize: probes.poolSize,
    maxAgeMs: probes.maxAge,
    probesPerPick: probes.perRequest,
    removalsPerPick: probes.removalsPerRequest,
    rifQuantile: probes.hotQuantile,
    netGrowth: probes.netGrowth,
  };
}

function reportParameters(reports: NonNullable<BalanceConfig["reports"]>): Loose {
  return {
    blackoutMs: reports.blackout,
    expiryMs: reports.expiry,
    updateMs: reports.update,
    errorPenalty: reports.errorPenalty,
  };
}

function written(parameters: Loose): Loose {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
}
