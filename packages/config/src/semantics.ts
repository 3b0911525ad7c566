// Rules between different parts of a configuration. Each rule is a small function; a new rule is added to the list
// here.
import type { Finding, Written } from "./explain.ts";
import {
  parametersBelongToTheAlgorithm,
  requiredParametersAreThere,
  serverQueuesAreUsed,
  slowStartHasAnEffect,
  subsetsAndZonesMakeSense,
} from "./rules/balance.ts";
import { boxExists, boxRunsWhatIsConfigured, sameBoxHasAServer } from "./rules/boxes.ts";
import { clientProtocolsAgree, http2IsSpoken } from "./rules/client-protocols.ts";
import { Facts, type Rule } from "./rules/facts.ts";
import { adminIsLocal, listenersAreDistinct } from "./rules/listeners.ts";
import {
  algorithmsFitTheMode,
  keysBelongToTheMode,
  modesAgree,
  tcpTimeoutsHaveAnEffect,
} from "./rules/modes.ts";
import {
  backendsExist,
  locationsAreDistinct,
  redirectsLeadSomewhere,
  routesAreReachable,
} from "./rules/routes.ts";
import { serverProtocolsAgree } from "./rules/server-protocols.ts";
import {
  checksFitTheirInterval,
  idleEndsBeforeKeepAlive,
  someServerHasWeight,
  tiersAgreeOnTls,
  tiersGetNoProxyHeader,
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
  tiersGetNoProxyHeader,
  parametersBelongToTheAlgorithm,
  requiredParametersAreThere,
  slowStartHasAnEffect,
  subsetsAndZonesMakeSense,
  serverQueuesAreUsed,
  tlsSettingsAgree,
  serverProtocolsAgree,
  clientProtocolsAgree,
  http2IsSpoken,
  keysBelongToTheMode,
  algorithmsFitTheMode,
  modesAgree,
  tcpTimeoutsHaveAnEffect,
];

/**
 * Returns all contradictions between different parts of the configuration. `data` is the content of the file before
 * validation. It also has the names of backends, servers and boxes whose settings were refused, so rules read names
 * from it.
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
