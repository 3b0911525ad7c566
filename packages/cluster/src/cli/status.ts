// tandem status: what runs on this machine, and how the balancer sees the servers.
import { loadConfig } from "@tandem/config";
import { systemClock } from "@tandem/transport";
import { Command } from "commander";
import { fetchServers, type ServerStatus } from "../admin-status.ts";
import { liveRuns, type RunReport } from "../run-file.ts";
import type { TierReport } from "../supervisor.ts";
import { reachable } from "../topology.ts";
import { examples, type SiteOptions, withSiteOptions } from "./options.ts";
import { palette, print, printJson, table } from "./terminal.ts";

const EXIT_CODES = { healthy: 0, degraded: 1, down: 2 } as const;
type Health = keyof typeof EXIT_CODES;

export function statusCommand(): Command {
  return withSiteOptions(new Command("status"))
    .description("what runs here, and the state of every server")
    .addHelpText(
      "before",
      examples(
        ["status --config site.yaml", "for a person"],
        ["status --config site.yaml --json", "for a script"],
      ),
    )
    .option("--json", "report as JSON")
    .addHelpText("after", "\nExit code: 0 healthy, 1 degraded, 2 down (or a faulty file).")
    .action(status);
}

async function status(options: SiteOptions & { readonly json?: boolean }): Promise<void> {
  const config = loadConfig(options.config);
  const runs = liveRuns(config.state).filter(({ box }) => (options.box ?? box) === box);
  const admin = config.balancer?.admin?.bind;
  const address = admin === undefined ? undefined : reachable(admin);
  const servers = address === undefined ? undefined : await fetchServers(address);
  const health = judge(runs, servers);
  if (options.json) printJson({ health, boxes: runs, admin: address, servers });
  else print(describe(config.site, health, { runs, servers, admin: address }));
  process.exitCode = EXIT_CODES[health];
}

/** Down: nothing runs, or a backend has no server that takes work. Degraded: anything less than all. */
export function judge(
  runs: readonly RunReport[],
  servers: readonly ServerStatus[] | undefined,
): Health {
  const tiers = runs.flatMap((run) => run.tiers);
  const up = ({ state }: ServerStatus): boolean => state.startsWith("UP");
  const backends = Map.groupBy(servers ?? [], ({ backend }) => backend);
  if (tiers.length === 0 && servers === undefined) return "down";
  if ([...backends.values()].some((all) => !all.some(up))) return "down";
  if (tiers.length > 0 && tiers.every(({ state }) => state !== "ready")) return "down";
  const balanced = tiers.some(({ tier }) => tier === "balancer");
  const whole =
    tiers.every(({ state }) => state === "ready") &&
    (servers?.every(up) ?? true) &&
    (servers !== undefined || !balanced);
  return whole ? "healthy" : "degraded";
}

function describe(
  site: string,
  health: Health,
  {
    runs,
    servers,
    admin,
  }: {
    readonly runs: readonly RunReport[];
    readonly servers: readonly ServerStatus[] | undefined;
    readonly admin: string | undefined;
  },
): string {
  const { bold, green, yellow, red } = palette();
  const paint = { healthy: green, degraded: yellow, down: red }[health];
  const tiers = runs.flatMap((run) => run.tiers);
  const processes = tiers.map(tierRow);
  const lines = [`${bold(site)}: ${paint(health)}`, ""];
  if (tiers.length === 0) lines.push("no 'tandem up' runs here", "");
  else lines.push(...table([["BOX", "TIER", "STATE", "PID", "FOR", "RESTARTS"], ...processes]), "");
  if (servers !== undefined)
    lines.push(
      ...table([
        ["BACKEND", "SERVER", "STATE"],
        ...servers.map(({ backend, server, state }) => [backend, server, state]),
      ]),
    );
  else if (admin !== undefined) lines.push(`no answer from the balancer's admin port, ${admin}`);
  return lines.join("\n").trimEnd();
}

function tierRow({ box, tier, state, pid, since, restarts }: TierReport): string[] {
  const pidText = pid === undefined || state === "gone" ? "-" : String(pid);
  const age = state === "gone" ? "-" : duration(systemClock.wall() - Date.parse(since));
  return [box, tier, state, pidText, age, String(restarts)];
}

/** The two largest units: `3d 4h`, `5m 12s`. */
export function duration(ms: number): string {
  let rest = Math.max(0, Math.floor(ms / 1000));
  const parts: string[] = [];
  for (const [unit, seconds] of Object.entries({ d: 86_400, h: 3600, m: 60, s: 1 })) {
    const count = Math.floor(rest / seconds);
    rest -= count * seconds;
    if (count > 0 || parts.length > 0 || unit === "s") parts.push(`${count}${unit}`);
  }
  return parts.slice(0, 2).join(" ");
}
