// tandem serve: a web server for a folder, without a configuration file.
import { accessSync, constants, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Address } from "@tandem/config";
import { formatAddress } from "@tandem/transport";
import { Command } from "commander";
import type { Executables } from "../executables.ts";
import { isEverywhere, isLoopback, listenOf, refuseTaken } from "../proxy/addresses.ts";
import { reach, urlOf } from "../proxy/banner.ts";
import { runInForeground } from "../proxy/run-in-foreground.ts";
import { Traffic } from "../proxy/traffic.ts";
import { CommandRefusal, exitCodeLine } from "../refusal.ts";
import { shellWord } from "../shell-word.ts";
import { examples } from "./examples.ts";
import { invocation, palette } from "./terminal.ts";

interface ServeOptions {
  readonly listen: string;
  readonly spa?: boolean;
  readonly browse?: boolean;
  readonly json?: boolean;
}

interface Plan {
  /** The folder that is served, as an absolute path. */
  readonly root: string;
  readonly listen: Address;
  readonly spa: boolean;
  readonly browse: boolean;
}

const INDEX = "index.html";

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
      ),
    )
    .argument("[folder]", "the folder to serve", ".")
    .option("--listen <address>", "where to listen; ':8080' = on every address", "127.0.0.1:8080")
    .option("--spa", `a path without a file and without an extension gets /${INDEX}`)
    .option("--browse", `a folder without an ${INDEX} is answered with a list of its files`)
    .option("--json", "one JSON object per request, as the webserver logs it")
    .addHelpText(
      "after",
      "\nFiles whose name begins with a dot are not served, nor links that leave the folder. Browsers ask before they\n" +
        "use a copy, so a changed file shows at once. Ctrl-C finishes what runs; a second one ends at once." +
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
  await runInForeground({
    ...{ tier: "webserver", executable: webserver, text: fileFor(plan) },
    traffic: new Traffic("webserver", [], json),
    banner: (port = plan.listen.port) => banner(plan, port),
  });
}

/** Throws a CommandRefusal when the folder cannot be served as it was asked for. */
function refuseFolder(word: string, { root, spa }: Plan): void {
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

/**
 * Returns the configuration of the webserver. JSON is YAML too. `${` would be a variable of the file, so it is escaped.
 */
function fileFor({ root, listen, spa, browse }: Plan): string {
  const location = { path: "/", root, browse, cacheControl: "no-cache" };
  const config = {
    site: "localhost",
    webserver: {
      bind: formatAddress(listen),
      locations: [{ ...location, ...(spa ? { spa: `/${INDEX}` } : {}) }],
      openFileCache: { valid: "0ms" },
    },
    telemetry: { log: { accessFormat: "json" } },
  };
  return JSON.stringify(config, null, 2).replaceAll("${", "$$${");
}

/** Returns the text for stderr. `port` is the port that the webserver listens on, which `--listen :0` leaves open. */
function banner({ root, listen, spa, browse }: Plan, port: number): string {
  const { bold, yellow } = palette(process.stderr);
  const host = isEverywhere(listen.host) ? "localhost" : (listen.host ?? "localhost");
  const bare = !spa && !browse && !hasIndex(root);
  return [
    "",
    `  ${bold(urlOf("http", host, port))} → ${root}`,
    ...(isLoopback(listen.host) ? [] : [yellow(`  ${reach(listen, port)}`)]),
    ...(bare ? [yellow(`  there is no ${INDEX} here, so / is 404; --browse lists the files`)] : []),
    "  Ctrl-C finishes what runs, then stops",
    "",
  ].join("\n");
}
