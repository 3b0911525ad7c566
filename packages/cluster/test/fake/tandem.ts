// Runs the real `tandem` command with fake tiers.
import { fileURLToPath } from "node:url";
import { main } from "../../src/cli/program.ts";
import type { TierName } from "../../src/topology.ts";

const fake = (tier: TierName) => ({
  file: process.execPath,
  args: [fileURLToPath(new URL("tier.ts", import.meta.url)), tier],
});

await main(process.argv, {
  appserver: fake("appserver"),
  webserver: fake("webserver"),
  balancer: fake("balancer"),
  lab: undefined,
});
