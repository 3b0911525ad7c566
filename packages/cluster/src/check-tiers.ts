// Asks each tier whether it would start, because only the tier knows which files and addresses a
// start opens. The tier is run with --check in a process of its own, because loading an application
// could hang, crash or leave something behind.
import { spawn } from "node:child_process";
import type { Finding } from "@tandem/config";
import { type CheckedMessage, type Clock, holdOpen } from "@tandem/transport";
import { complaintIn, quoted } from "./complaint.ts";
import type { Command, Executables } from "./executables.ts";
import { LineRing } from "./line-ring.ts";
import { START_LIMIT_MS } from "./start-limit.ts";
import type { BoxAssignment, TierName } from "./topology.ts";

/**
 * Returns the faults that would stop the tiers of `assignments` from starting. If a setting is at fault, the `path` of
 * the finding names it.
 */
export async function tierFindings(
  file: string,
  assignments: readonly BoxAssignment[],
  { executables, clock }: { readonly executables: Executables; readonly clock: Clock },
): Promise<readonly Finding[]> {
  const release = holdOpen();
  const complaints = await Promise.all(
    assignments.map(async ({ box, tier, boxWords }) => {
      const { file: program, args } = executables[tier];
      const words = [...args, "--config", file, ...boxWords, "--check"];
      const command = { file: program, args: words };
      const found = await tryTier(`${box} ${tier}`, command, clock);
      return found.map((complaint) => findingOf(complaint, tier));
    }),
  );
  release();
  return complaints.flat();
}

function tryTier(name: string, { file, args }: Command, clock: Clock): Promise<readonly string[]> {
  const child = spawn(file, args, { stdio: ["ignore", "ignore", "pipe", "ipc"], detached: true });
  const stderr = new LineRing();
  let checked: readonly string[] | undefined;
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => void stderr.push(chunk));
  child.on("message", (message) => {
    if (isChecked(message)) checked = message.complaints;
  });
  let late = false;
  const limit = clock.after(START_LIMIT_MS, () => {
    late = true;
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  });
  return new Promise((resolve) => {
    child.once("error", (error) => resolve([`${name}: ${error.message}`]));
    child.once("close", (code, signal) => {
      limit.cancel();
      if (checked !== undefined) resolve(checked);
      else {
        const ended = signal === null ? `exit code ${code}` : `signal ${signal}`;
        const why = late ? `no result within ${START_LIMIT_MS / 1000} s` : ended;
        const { complaint, others } = complaintIn(stderr.lines(), code);
        const head = complaint ?? `${name}: could not be tried: ${why}`;
        resolve([[head, ...quoted(others)].join("\n")]);
      }
    });
  });
}

function isChecked(message: unknown): message is CheckedMessage {
  return (
    typeof message === "object" &&
    message !== null &&
    "complaints" in message &&
    Array.isArray(message.complaints)
  );
}

/**
 * Turns a message such as `webserver.locations[0].root: /srv is no folder` into a finding: its path is `webserver`,
 * `locations`, 0, `root`, its message `/srv is no folder`. A message that names no setting gets the path of its tier.
 */
function findingOf(complaint: string, tier: TierName): Finding {
  const [, setting, words] = /^([a-z]\w*(?:\.[\w-]+|\[\d+\])+): (.*)$/s.exec(complaint) ?? [];
  if (setting === undefined || words === undefined)
    return { path: [tier], side: "key", message: complaint };
  const path = setting.split(/\.|\[|\]\.?/).filter((step) => step !== "");
  return {
    path: path.map((step) => (/^\d+$/.test(step) ? Number(step) : step)),
    side: "value",
    message: words,
  };
}
