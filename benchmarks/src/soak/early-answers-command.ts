// Defines the command `npm run soak -- early-answers`.
import type { Command } from "commander";
import { wholePositive } from "../arguments.ts";
import { PEERS } from "../peers/peers.ts";
import { progressEnd, progressSeldom } from "../report/progress.ts";
import { type EarlyAnswersRow, earlyAnswers } from "./early-answers.ts";

interface Arguments {
  readonly rounds: number;
  readonly alone?: true;
}

const BESIDE = ["haproxy", "nginx"];

export function addEarlyAnswers(program: Command): void {
  program
    .command("early-answers")
    .description(
      "a server answers to the head of an upload and closes with the rest unread: the client must get the answer." +
        " HAProxy and nginx beside, where they are installed.",
    )
    .option("--rounds <n>", "of each kind, for each of four times to the reset", wholePositive, 100)
    .option("--alone", "without the other proxies")
    .action(async ({ rounds, alone }: Arguments) => {
      const peers = alone
        ? []
        : PEERS.filter((peer) => BESIDE.includes(peer.name) && !peer.missing());
      const rows = await earlyAnswers({ rounds, peers, progress: progressSeldom });
      progressEnd();
      for (const row of rows) console.log(words(row));
      process.exitCode = rows.every(({ lostOfOurs }) => lostOfOurs === 0) ? 0 : 1;
    });
}

function words({ way, lost }: EarlyAnswersRow): string {
  const cells = Object.entries(lost).map(([kind, of]) => `${kind} ${of.padEnd(10)}`);
  return `${way.padEnd(26)} lost: ${cells.join("  ")}`.trimEnd();
}
