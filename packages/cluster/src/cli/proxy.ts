// tandem proxy: a balancer in front of what runs on some ports, without a configuration file.
import { domainToASCII } from "node:url";
import { BALANCE_ALGORITHMS, ConfigError, nearest, parseConfig } from "@tandem/config";
import { systemClock } from "@tandem/transport";
import { Command } from "commander";
import type { Executables } from "../executables.ts";
import { banner } from "../foreground/banner.ts";
import { listenOf, refuseTaken } from "../foreground/listen.ts";
import {
  type LocalCertificates,
  localCertificates,
  plannedCertificates,
} from "../foreground/local-certificates.ts";
import { type ProxyPlan, proxyFile } from "../foreground/proxy-file.ts";
import { runInForeground } from "../foreground/run-in-foreground.ts";
import { refuseLoop, targetsOf } from "../foreground/targets.ts";
import { Traffic } from "../foreground/traffic.ts";
import { CommandRefusal, EXIT, exitCodeLine } from "../refusal.ts";
import { shellWord } from "../shell-word.ts";
import { examples } from "./examples.ts";
import { print, say } from "./terminal.ts";

interface ProxyOptions {
  readonly listen: string;
  readonly https?: boolean;
  readonly algorithm?: string;
  readonly host?: readonly string[];
  readonly json?: boolean;
  readonly print?: boolean;
}

export function proxyCommand({ balancer }: Pick<Executables, "balancer">): Command {
  return new Command("proxy")
    .description("balance what runs on these ports, without a configuration file")
    .addHelpText(
      "before",
      examples(
        ["proxy 3000", "http://127.0.0.1:8080/ leads to port 3000 of this machine"],
        ["proxy 3000 3001 10.0.0.2:3000", "three servers share the requests"],
        ["proxy 3000 --listen :8080", "for other machines too"],
        ["proxy 3000 --https", "with a certificate of a local authority"],
        ["proxy 3000 --print > tandem.yaml", "the same as a file, for 'tandem up'"],
      ),
    )
    .showHelpAfterError("such as: tandem proxy 3000 (all options: tandem proxy --help)")
    .argument("<servers...>", "ports of this machine, or HOST:PORT")
    .option("--listen <address>", "where to listen; ':8080' = on every address", "127.0.0.1:8080")
    .option("--https", "TLS, with a certificate of a local authority that is made once")
    .option("--algorithm <name>", "how a server is chosen (default: by the number of servers)")
    .option("--host <name>", "answer this host and localhost alone; may be repeated", gather)
    .option("--json", "one JSON object per request, as the balancer logs it")
    .option("--print", "print the configuration file that this would run, and exit")
    .addHelpText(
      "after",
      "\nWebSocket and event streams pass. A server is up while it accepts connections; it may start later.\n" +
        "Ctrl-C finishes what runs; a second one ends at once." +
        exitCodeLine("proxy"),
    )
    .action((words: readonly string[], options: ProxyOptions) => proxy(words, options, balancer));
}

const gather = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

async function proxy(
  words: readonly string[],
  options: ProxyOptions,
  balancer: Executables["balancer"],
): Promise<void> {
  const bare = barePlan(words, options);
  const text = (plan: ProxyPlan): string => proxyFile(plan, commandOf(words, options));
  refuseFaulty(text(bare), bare);
  if (options.print === true) return printFile(bare, options, text);
  await refuseTaken(bare.listen);
  const certificates =
    options.https === true
      ? await localCertificates(bare.listen, bare.hosts, systemClock)
      : undefined;
  const plan = { ...bare, certificates: certificates?.pairs ?? [] };
  await run(plan, certificates, { balancer, text: text(plan), json: options.json === true });
}

/** Prints the file. Nothing is made for it, so the certificates that it names may be missing. */
function printFile(
  bare: ProxyPlan,
  { https }: ProxyOptions,
  text: (plan: ProxyPlan) => string,
): void {
  const { pairs, exist } =
    https === true ? plannedCertificates(bare.listen, bare.hosts) : { pairs: [], exist: true };
  print(text({ ...bare, certificates: pairs }).trimEnd());
  if (!exist)
    say(
      "the certificates that the file names do not exist yet; the same command without --print makes them",
    );
}

/** Returns the plan of the command line, without certificates. Throws a CommandRefusal. */
function barePlan(words: readonly string[], options: ProxyOptions): ProxyPlan {
  const plan = {
    targets: targetsOf(words),
    listen: listenOf(options.listen),
    hosts: (options.host ?? []).map(hostOf),
    algorithm: options.algorithm,
    certificates: [],
  };
  refuseLoop(plan.listen, plan.targets);
  return plan;
}

/** A host name of at most 253 characters, in labels of at most 63 (RFC 1035 §2.3.4); private networks use `_` too. */
const HOST_NAME = /^(?=.{1,253}$)(?:[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?(?:\.(?!$)|$))+$/;

/** Returns a host name in the form that clients send: lower case, and ASCII for other scripts. */
function hostOf(word: string): string {
  const [, wildcard = "", name = ""] = /^(\*\.)?(.*)$/.exec(word) ?? [];
  const ascii = /[/:@]/.test(name) ? "" : domainToASCII(name);
  if (HOST_NAME.test(ascii)) return `${wildcard}${ascii}`;
  const next = word === "*" ? "; leave --host out to answer every host" : "";
  throw new CommandRefusal(
    `--host ${word}: this is no host name; expected a name without scheme and port, such as app.test or *.app.test${next}`,
  );
}

/** Throws a CommandRefusal for an algorithm that does not exist, or that needs keys which only a file can have. */
function refuseFaulty(text: string, { algorithm }: ProxyPlan): void {
  const names: readonly string[] = BALANCE_ALGORITHMS;
  if (algorithm !== undefined && !names.includes(algorithm)) {
    const meant = nearest(algorithm, names);
    throw new CommandRefusal(
      `--algorithm ${algorithm}: there is no such algorithm` +
        `${meant === undefined ? "" : `; did you mean '${meant}'?`}\n  expected one of ${names.join(", ")}`,
    );
  }
  try {
    parseConfig(text, "tandem.yaml");
  } catch (error) {
    if (!(error instanceof ConfigError) || algorithm === undefined) throw error;
    const [first] = error.problems;
    throw new CommandRefusal(
      `--algorithm ${algorithm}: ${first?.message ?? error.message};\n` +
        "leave it out with --print, write it into the file, and run the file with 'tandem up'",
      EXIT.config,
    );
  }
}

/** Returns the command line that made a file, for the comment at its beginning. */
function commandOf(words: readonly string[], options: ProxyOptions): string {
  const { listen, https, algorithm, host = [] } = options;
  const all = [
    ...["tandem", "proxy", ...words, "--listen", listen],
    ...(https === true ? ["--https"] : []),
    ...(algorithm === undefined ? [] : ["--algorithm", algorithm]),
    ...host.flatMap((name) => ["--host", name]),
  ];
  return all.map(shellWord).join(" ").replaceAll("\n", " ");
}

async function run(
  plan: ProxyPlan,
  certificates: LocalCertificates | undefined,
  options: {
    readonly balancer: Executables["balancer"];
    readonly text: string;
    readonly json: boolean;
  },
): Promise<void> {
  const { balancer, text, json } = options;
  const { listen, hosts, targets, algorithm } = plan;
  const chosen = algorithm === undefined ? "" : `, chosen by ${algorithm}`;
  const leadsTo = `${targets.map(({ address }) => address).join(", ")}${chosen}`;
  await runInForeground({
    ...{ tier: "balancer", executable: balancer, text },
    advice:
      "; where it has to go on after a death, --print writes a file for 'tandem up', which restarts it",
    traffic: new Traffic("balancer", targets, json),
    banner: (port = listen.port) => banner({ listen, leadsTo, hosts, certificates }, port),
  });
}
