// Runs the real `tandem` command with fake tiers. With a file `$FAKE_DIR/broken` a further start of the program fails.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { main } from "../../src/cli/program.ts";
import type { TierName } from "../../src/topology.ts";

const fake = (tier: TierName) => ({
  file: process.execPath,
  args: [fileURLToPath(new URL("tier.ts", import.meta.url)), tier],
});

if (process.argv.includes("--version") && existsSync(join(process.env.FAKE_DIR ?? "", "broken")))
  throw new Error("a broken program");

await main(process.argv, {
  command: { file: process.execPath, args: [fileURLToPath(import.meta.url)] },
  appserver: fake("appserver"),
  webserver: fake("webserver"),
  balancer: fake("balancer"),
  lab: undefined,
});
