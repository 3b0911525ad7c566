// Asks on the terminal for what the flags have not said. Loaded only when there is something to ask.
import { cancel, confirm, intro, isCancel, select, text } from "@clack/prompts";
import { endOfInput } from "@tandem/telemetry/end-of-input";
import { CommandRefusal, EXIT } from "../refusal.ts";
import { faultOf } from "./fault.ts";
import { DEFAULTS, type Words } from "./wanted.ts";

/** What every question needs: the file to write, and the signal that ends the questions. */
interface Asking {
  readonly out: string;
  readonly signal: AbortSignal;
}

/** Returns the words together with the answers. Throws a CommandRefusal when the person gives up. */
export async function ask(words: Words, out: string): Promise<Words> {
  intro(`${out}: a few questions, and Ctrl-C writes nothing`);
  const end = endOfInput();
  try {
    return await questions(words, { out, signal: end.signal });
  } finally {
    end.off();
  }
}

async function questions(words: Words, asking: Asking): Promise<Words> {
  const site = words.site ?? (await typed("site", "The host name of the site?", asking));
  const boxes = words.boxes ?? (await boxesQuestion(asking));
  const addresses =
    boxes === "two" ? (words.addresses ?? (await addressesQuestion(asking))) : words.addresses;
  const app = words.app ?? (await appQuestion(asking));
  const inFolder = app !== "none" && !/^:?\d+$/.test(app);
  const database = words.database ?? (inFolder ? await databaseQuestion(asking) : undefined);
  const assets = words.static ?? (await staticQuestion(app, asking));
  const https = words.https ?? (await httpsQuestion(asking));
  return { site, boxes, addresses, app, database, static: assets, https };
}

/** Returns the answer. Throws when it is the sign for giving up. */
function answered<T>(answer: T): Exclude<T, symbol> {
  if (!isCancel(answer)) return answer as Exclude<T, symbol>;
  cancel("nothing was written");
  throw new CommandRefusal("init: given up", EXIT.interrupted);
}

type Flag = keyof typeof DEFAULTS;

/** Asks for a text. It is asked again until it can stand in the file. */
async function typed(
  flag: Flag,
  message: string,
  { out, signal }: Asking,
  usual: string = DEFAULTS[flag],
): Promise<string> {
  const answer = await text({
    signal,
    message,
    placeholder: usual,
    defaultValue: usual,
    validate: (word) => faultOf(flag, word === undefined || word === "" ? usual : word, out),
  });
  return answered(answer);
}

async function boxesQuestion({ signal }: Asking): Promise<string> {
  const answer = await select({
    signal,
    message: "How many boxes?",
    options: [
      { value: "one", label: "one", hint: "everything on this machine" },
      { value: "two", label: "two", hint: "one goes on when the other fails" },
    ],
  });
  return answered(answer);
}

function addressesQuestion(asking: Asking): Promise<string> {
  return typed(
    "addresses",
    "Their addresses? (both on this machine, to try it: press Enter)",
    asking,
  );
}

async function appQuestion(asking: Asking): Promise<string> {
  const kind = answered(
    await select({
      signal: asking.signal,
      message: "Which application?",
      options: [
        { value: "port", label: "a program that listens on a port" },
        { value: "folder", label: "a folder with an application for Tandem's appserver" },
        { value: "none", label: "none, only static files" },
      ],
    }),
  );
  if (kind === "port") return typed("app", "On which port?", asking);
  if (kind === "folder") return typed("app", "Which folder?", asking, "app");
  return kind;
}

async function databaseQuestion(asking: Asking): Promise<string> {
  const kind = answered(
    await select({
      signal: asking.signal,
      message: "Which database?",
      options: [
        { value: "sqlite", label: "SQLite", hint: "a file on this machine" },
        { value: "mysql", label: "MySQL or MariaDB", hint: "what two machines need" },
      ],
    }),
  );
  const usual = "mysql://user:password@127.0.0.1:3306/site";
  return kind === "sqlite" ? kind : typed("database", "Its URL?", asking, usual);
}

async function staticQuestion(app: string, asking: Asking): Promise<string> {
  if (app === "none") return typed("static", "Which folder of static files?", asking, "static");
  return typed("static", "A folder of static files, which appear below /assets/?", asking);
}

async function httpsQuestion({ signal }: Asking): Promise<boolean> {
  const answer = await confirm({
    signal,
    message: "HTTPS? ('tandem prepare' makes a certificate to start with)",
    initialValue: false,
  });
  return answered(answer);
}
