// Makes the picker that a `balance` section describes. Durations are in milliseconds already. Parameters that
// are not in the file are left out, so that the algorithm's own defaults hold.
import {
  ALGORITHMS,
  type AlgorithmName,
  openPicker as openByName,
  type Picker,
  type PickerEnvironment,
  tuningsIn,
} from "@tandem/algorithms";
import type { BalanceConfig } from "@tandem/config";
import type { Server } from "../server/server.ts";
import { type CustomAlgorithms, customPicker } from "./custom.ts";
import { type Complain, guarded } from "./guarded.ts";

export interface PickerNeeds extends PickerEnvironment {
  readonly customs: CustomAlgorithms;
  readonly complain: Complain;
}

/** Makes the picker. Throws, with a message for the operator, when a custom algorithm does not make a picker. */
export function openPicker(balance: BalanceConfig, needs: PickerNeeds): Picker<Server> {
  const { rng, now, ticket, customs, complain } = needs;
  const environment = { rng, now, ticket };
  const { algorithm } = balance;
  if (algorithm !== "module")
    return openByName<Server>(algorithm, environment, parametersOf(balance, algorithm));
  const standIn = openByName<Server>("least-conn", environment);
  return guarded(customPicker(balance, environment, customs), standIn, complain);
}

/** Returns the algorithm's parameters in the file, by the names that the picker uses for these parameters. */
function parametersOf(
  balance: BalanceConfig,
  algorithm: AlgorithmName,
): Readonly<Record<string, unknown>> {
  const written = tuningsIn(ALGORITHMS[algorithm].options).flatMap(([path, { tunes }]) => {
    const value = path.reduce<unknown>(
      (section, key) => (section as Readonly<Record<string, unknown>> | undefined)?.[key],
      balance,
    );
    return value === undefined ? [] : [[tunes, value] as const];
  });
  return Object.fromEntries(written);
}
