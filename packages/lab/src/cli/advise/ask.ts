// Asks on the terminal for what neither options nor sources have said. Loaded only when there is something to ask.
import { cancel, intro, isCancel, text } from "@clack/prompts";
import { endOfInput } from "@tandem/telemetry/end-of-input";
import type { Lack } from "../../advise/assemble.ts";
import type { SaidSite } from "../../advise/said-site.ts";
import { preciseMs } from "../../advise/service-text.ts";
import { EXIT, UsageError } from "../terminal.ts";

interface Question {
  readonly message: string;
  /** The answer to an empty line; absent where there is no usual one. */
  readonly usual?: string;
  /** Returns what the answer says, or undefined when it says nothing that can be used. */
  readonly read: (answer: string) => SaidSite | undefined;
  readonly expected: string;
}

const whole = (answer: string, most: number): number | undefined => {
  const value = Number(answer);
  return Number.isInteger(value) && value >= 1 && value <= most ? value : undefined;
};

const numbers = (answer: string): readonly number[] =>
  answer
    .trim()
    .split(/[\s,]+/)
    .map(Number);

const milliseconds = (answer: string): number =>
  preciseMs(answer.trim().replace(/^(\d*\.?\d+)$/, "$1ms"));

const QUESTIONS: Readonly<Record<Lack, readonly Question[]>> = {
  servers: [
    {
      message:
        "How fast is each server? One number for each, such as 1 1, or 1 2 where the second is twice as fast",
      usual: "1 1",
      expected: "numbers above 0, one for each server",
      read(answer) {
        const speeds = numbers(answer);
        const right =
          speeds.length <= 200 && speeds.every((speed) => speed > 0 && Number.isFinite(speed));
        return right ? { servers: speeds.length, speeds } : undefined;
      },
    },
    {
      message:
        "How many requests does each work on at once? (its workers, threads or processor cores)",
      usual: "8",
      expected: "a whole number from 1 to 10,000",
      read(answer) {
        const workers = whole(answer, 10_000);
        return workers === undefined ? undefined : { workers };
      },
    },
  ],
  rate: [
    {
      message: "How many requests per second, in a busy hour, of all servers together?",
      expected: "a number above 0",
      read(answer) {
        const rate = Number(answer);
        return rate > 0 && rate <= 1e6 ? { rate } : undefined;
      },
    },
  ],
  work: [
    {
      message: "How long does a request take on an idle server of speed 1, on average?",
      expected: "a time such as 12ms",
      read(answer) {
        const meanMs = milliseconds(answer);
        return meanMs > 0 ? { meanMs } : undefined;
      },
    },
    {
      message: "And the slowest one in a hundred? (Enter: not known)",
      usual: "not known",
      expected: "a time such as 80ms, or nothing",
      read(answer) {
        if (answer === "not known") return {};
        const p99Ms = milliseconds(answer);
        return p99Ms > 0 ? { p99Ms } : undefined;
      },
    },
  ],
};

/** Returns the answers. Throws a UsageError with the exit code of an interruption when the person gives up. */
export async function askFor(lacks: readonly Lack[]): Promise<SaidSite> {
  intro(
    "tandem lab advise: a few questions; Ctrl-C ends. 'tandem lab advise --help' has them as options",
  );
  const end = endOfInput();
  let said: SaidSite = {};
  try {
    for (const lack of lacks)
      for (const question of QUESTIONS[lack])
        said = { ...said, ...(await answerTo(question, end.signal)) };
  } finally {
    end.off();
  }
  return said;
}

async function answerTo(
  { message, usual, read, expected }: Question,
  signal: AbortSignal,
): Promise<SaidSite> {
  const answer = await text({
    signal,
    message,
    ...(usual !== undefined && { placeholder: usual, defaultValue: usual }),
    validate: (typed) =>
      read(typed === undefined || typed === "" ? (usual ?? "") : typed) === undefined
        ? `expected ${expected}`
        : undefined,
  });
  if (!isCancel(answer)) return read(String(answer)) ?? {};
  cancel("nothing was simulated");
  throw new UsageError("advise: given up", EXIT.interrupted);
}
