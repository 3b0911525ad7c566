// tandem prepare: creates everything that this machine needs before `tandem up`.
import { systemClock } from "@tandem/transport";
import { Command } from "commander";
import type { Executables } from "../executables.ts";
import { prepare } from "../prepare.ts";
import { claimOf, refuseForeign } from "../state-owner.ts";
import { examples, loadBoxes, type SiteOptions, withSiteOptions } from "./options.ts";
import { say } from "./terminal.ts";

export function prepareCommand(executables: Executables): Command {
  return withSiteOptions(new Command("prepare"))
    .description("create or renew what is missing: certificates, secrets, database, folders")
    .addHelpText(
      "before",
      examples(
        ["prepare --config site.yaml", "for all boxes, on one machine"],
        ["prepare --config site.yaml --box box2", "for the box that this machine is"],
      ),
    )
    .action(async (options: SiteOptions) => {
      const { config, boxes } = loadBoxes(options);
      // If the state folder belonged to another site, that site's certificates would be replaced by certificates with
      // this site's names.
      refuseForeign(claimOf(config, options.config));
      await prepare({
        file: options.config,
        boxes,
        clock: systemClock,
        executables,
        progress: say,
      });
    });
}
