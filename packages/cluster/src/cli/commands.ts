// The table of the commands. A command is loaded only when the command line names it: together the commands load the
// configuration schema, certificates and an HTTP client, and `tandem --help` needs none of that.
import type { Command } from "commander";
import type { Executables } from "../executables.ts";

export interface CommandRow {
  /** What `tandem --help` says about the command. */
  readonly summary: string;
  /** Loads the file of the command. Returns the function that makes the command with its options and its action. */
  load(): Promise<(executables: Executables) => Command>;
}

export const COMMANDS: Readonly<Record<string, CommandRow>> = {
  proxy: {
    summary: "balance what runs on these ports, without a configuration file",
    load: async () => (await import("./proxy.ts")).proxyCommand,
  },
  serve: {
    summary: "serve the files of a folder, without a configuration file",
    load: async () => (await import("./serve.ts")).serveCommand,
  },
  init: {
    summary: "write a tandem.yaml with comments, after a few questions or by flags",
    load: async () => (await import("./init.ts")).initCommand,
  },
  check: {
    summary: "validate configuration files, and every file they name that a start would open",
    load: async () => (await import("./check.ts")).checkCommand,
  },
  prepare: {
    summary: "create or renew what is missing: certificates, secrets, database, folders",
    load: async () => (await import("./prepare.ts")).prepareCommand,
  },
  up: {
    summary: "run the tiers of this machine until Ctrl-C; restart what dies",
    load: async () => (await import("./up.ts")).upCommand,
  },
  reload: {
    summary: "let what 'tandem up' runs on this machine read the file again",
    load: async () => (await import("./reload.ts")).reloadCommand,
  },
  upgrade: {
    summary: "put the program that is installed now in the place of what 'tandem up' runs",
    load: async () => (await import("./upgrade.ts")).upgradeCommand,
  },
  status: {
    summary: "what runs here, and the state of every link from the balancer to the database",
    load: async () => (await import("./status.ts")).statusCommand,
  },
  logs: {
    summary: "what the tiers of this machine have logged, merged by time",
    load: async () => (await import("./logs.ts")).logsCommand,
  },
  stop: {
    summary: "drain and stop what 'tandem up' runs on this machine",
    load: async () => (await import("./stop.ts")).stopCommand,
  },
  cert: {
    summary: "the internal authority and the certificates it issues",
    load: async () => (await import("./cert.ts")).certCommand,
  },
  lab: {
    summary: "simulate the balancing algorithms: scenarios, checks, replays, reports",
    load: async () => (await import("./lab.ts")).labCommand,
  },
  help: {
    summary: "the help of a command, or a guide",
    load: async () => (await import("./help.ts")).helpCommand,
  },
};
