// tandem serve: a web server for a folder, without a configuration file.

import { accessSync, constants, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { systemClock } from "@tandem/transport";
import { Command } from "commander";
import type { Executables } from "../executables.ts";
import { banner } from "../foreground/banner.ts";
import { type FolderPlan, folderFile, INDEX } from "../foreground/folder-file.ts";
import { listenOf, refuseTaken } from "../foreground/listen.ts";
import { localCertificates } from "../foreground/local-certificates.ts";
import { runInForeground } from "../foreground/run-in-foreground.ts";
import { Traffic } from "../foreground/traffic.ts";
import { CommandRefusal, exitCodeLine } from "../refusal.ts";
import { shellWord } from "../shell-word.ts";
import { examples } from "./examples.ts";
import { invocation } from "./terminal.ts";

interface ServeOptions {
  readonly listen: string;
  readonly https?: boolean;
  readonly spa?: boolean;
  readonly browse?: boolean;
  readonly json?: boolean;
}

export function serveCommand({ webserver }: Pick<Executables, "webserver">): Command {
  return new Command("serve")
    .description("serve the files of a folder, without a configuration file")
    .addHelpText(
      "before",
      examples(
        ["serve", "this folder at http://127.0.0.1:8080/"],
        ["serve dist --spa", "an application in the browser: unknown paths get its index.html"],
        ["serve ~/files --browse", "with a list of the files in each folder"],
        ["serve --browse --listen :8080", "for other machines too"],
        ["serve --https", "with a certificate of a local authority"],
      ),
    )
    .argument("[folder]", "the folder to serve", ".")
    .option("--listen <address>", "where to listen; ':8080' = on every address", "127.0.0.1:8080")
    .option("--https", "TLS, with a certificate of a local authority that is made once")
    .option("--spa", `a path without a file and without an extension gets /${INDEX}`)
    .option("--browse", `a folder without an ${INDEX} is answered with a list of its files`)
    .option("--json", "one JSON object per request, as the webserver logs it")
    .addHelpText(
      "after",
      "\nFiles whose name begins with a dot are not served, nor links to them, nor links that leave the folder.\n" +
        "Browsers ask before they use a copy, so a changed file shows at once. Ctrl-C finishes what runs; a second one\n" +
        "ends at once." +
        exitCodeLine("serve"),
    )
    .action((folder: string, options: ServeOptions) => serve(folder, options, webserver));
}

async function serve(
  folder: string,
  options: ServeOptions,
  webserver: Executables["webserver"],
): Promise<void> {
  const { spa = false, browse = false, json = false } = options;
  const plan = { root: resolve(folder), listen: listenOf(options.listen), spa, browse };
  refuseFolder(folder, plan);
  await refuseTaken(plan.listen);
  const { root: leadsTo, listen } = plan;
  const certificates =
    options.https === true ? await localCertificates(listen, [], systemClock) : undefined;
  await runInForeground({
    tier: "webserver",
    executable: webserver,
    text: folderFile(plan, certificates?.pairs ?? []),
    traffic: new Traffic("webserver", [], json),
    banner: (port = listen.port) =>
      banner({ listen, leadsTo, certificates, warnings: warningsOf(plan) }, port),
  });
}

/** Throws a CommandRefusal when the folder cannot be served as it was asked for. */
function refuseFolder(word: string, { root, spa }: FolderPlan): void {
  if (word === "")
    throw new CommandRefusal(
      "the folder to serve is an empty word, expected a folder (is a variable of the shell unset?);\nleave it out to serve the folder you are in",
    );
  const stats = statSync(root, { throwIfNoEntry: false });
  if (stats === undefined)
    throw new CommandRefusal(
      `${word}: there is no such folder (${root});\nname a folder that exists, or leave it out to serve the folder you are in`,
    );
  if (!stats.isDirectory())
    throw new CommandRefusal(
      `${word}: this is a file, expected a folder;\nserve the folder that it is in: ${invocation()} serve ${shellWord(join(word, ".."))}`,
    );
  try {
    accessSync(root, constants.R_OK | constants.X_OK);
  } catch {
    throw new CommandRefusal(
      `${word}: this user may not read the folder;\ncheck its owner and mode: ls -ld ${shellWord(root)}`,
    );
  }
  if (spa && !hasIndex(root))
    throw new CommandRefusal(
      `--spa: there is no ${INDEX} in ${root};\nbuild the application first, or serve the folder that has its ${INDEX}`,
    );
}

const hasIndex = (root: string): boolean =>
  statSync(join(root, INDEX), { throwIfNoEntry: false })?.isFile() === true;

function warningsOf({ root, spa, browse }: FolderPlan): readonly string[] {
  const bare = !spa && !browse && !hasIndex(root);
  return bare ? [`there is no ${INDEX} here, so / is 404; --browse lists the files`] : [];
}
