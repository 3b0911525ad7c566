// What the parts of a configuration must agree on, beyond what one value can show. Each rule is a
// small function; a new one is a row here.
import type { Finding, Written } from "./explain.ts";
import {
  parametersBelongToTheAlgorithm,
  requiredParametersAreThere,
  serverQueuesAreUsed,
  slowStartIsHeeded,
  subsetsAndZonesMakeSense,
} from "./rules/balance.ts";
import { boxExists, boxRunsWhatIsConfigured, sameBoxHasAServer } from "./rules/boxes.ts";
import { Facts, type Rule } from "./rules/facts.ts";
import { adminIsLocal, listenersAreDistinct } from "./rules/listeners.ts";
import {
  backendsExist,
  locationsAreDistinct,
  redirectsLeadSomewhere,
  routesAreReachable,
} from "./rules/routes.ts";
import {
  checksFitTheirInterval,
  idleEndsBeforeKeepAlive,
  someServerHasWeight,
  tiersAgreeOnTls,
} from "./rules/servers.ts";
import { tlsSettingsAgree } from "./rules/tls.ts";
import type { Config } from "./schema/config.ts";

const RULES: readonly Rule[] = [
  boxExists,
  boxRunsWhatIsConfigured,
  sameBoxHasAServer,
  listenersAreDistinct,
  adminIsLocal,
  backendsExist,
  routesAreReachable,
  redirectsLeadSomewhere,
  locationsAreDistinct,
  checksFitTheirInterval,
  idleEndsBeforeKeepAlive,
  someServerHasWeight,
  tiersAgreeOnTls,
  parametersBelongToTheAlgorithm,
  requiredParametersAreThere,
  slowStartIsHeeded,
  subsetsAndZonesMakeSense,
  serverQueuesAreUsed,
  tlsSettingsAgree,
];

/**
 * Everything the parts disagree on. `data` is the file's content before validation: a name that is
 * written but whose settings were refused still exists.
 */
export function disagreements(
  config: Config,
  data: unknown,
  written: Written,
  box: string | undefined,
): Finding[] {
  const facts = new Facts(config, data, written, box);
  return RULES.flatMap((rule) => [...rule(facts)]);
}
