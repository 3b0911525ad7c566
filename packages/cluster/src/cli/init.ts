// tandem init: writes a tandem.yaml with comments, for what it is told by flags, or by questions on a terminal.
import { chmodSync, existsSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Command } from "commander";
import { writeAtomically } from "../certificates/files.ts";
import { checked, validate } from "../init/fault.ts";
import { fileText, needsPrepare, siteAddress } from "../init/file.ts";
import { DEFAULTS, twoMachines, type Wanted, type Words } from "../init/wanted.ts";
import { CommandRefusal, EXIT, exitCodeLine } from "../refusal.ts";
import { shellWord } from "../shell-word.ts";
import { systemFault } from "../system-fault.ts";
import { examples } from "./examples.ts";
import { invocation, print, say, table } from "./terminal.ts";

interface InitOptions extends Words {
  readonly out: string;
  readonly yes?: boolean;
  readonly force?: boolean;
}

export function initCommand(): Command {
  return new Command("init")
    .description("write a tandem.yaml with comments, after a few questions or by flags")
    .addHelpText(
      "before",
      examples(
        ["init", "asks what it has to know"],
        ["init --yes", "asks nothing: before the program on port 3000"],
        ["init --site app.test --boxes one --app 5000", "the same, without questions"],
        ["init --yes --app app --static static --https", "an application, its files, HTTPS"],
        ["init --yes --app none --static public", "only files"],
      ),
    )
    .option("--site <host>", "the host name of the site")
    .option("--boxes <number>", "one or two")
    .option("--addresses <a,b>", "of the two boxes (default: both on this machine)")
    .option("--app <what>", "a port, a folder with an application for the appserver, or none")
    .option("--database <url>", "sqlite, sqlite:PATH or mysql://…; of an application in a folder")
    .option("--static <folder>", "a folder of static files, or none")
    .option("--https", "HTTPS, at first with a certificate of an authority of your own")
    .option("--out <file>", "the file to write", "tandem.yaml")
    .option("--yes", "ask nothing; take the default for what no flag says")
    .option("--force", "replace the file if it exists")
    .addHelpText("after", exitCodeLine("init"))
    .action(init);
}

async function init({ out, yes, force, ...flags }: InitOptions): Promise<void> {
  if (existsSync(out) && force !== true) throw existing(out);
  const wanted = checked(await complete(flags, { out, yes: yes === true }), out);
  const text = fileText(wanted);
  validate(text, out);
  write(out, text, { force: force === true, secret: hasPassword(wanted) });
  for (const line of missingFolders(wanted, out)) say(line);
  print(report(wanted, out));
}

/** Says which folders of the site do not exist. They may come later, so the file is written all the same. */
function missingFolders({ app, assets }: Wanted, out: string): readonly string[] {
  const named: readonly (readonly [flag: string, folder: string | undefined])[] = [
    ["--app", app.kind === "folder" ? app.folder : undefined],
    ["--static", assets],
  ];
  return named.flatMap(([flag, folder]) =>
    folder === undefined || existsSync(resolve(dirname(out), folder))
      ? []
      : [`${flag}: there is no folder ${folder} yet; 'tandem up' needs it`],
  );
}

/** Returns all answers that are needed. Those that no flag gives are asked for, or taken from the defaults. */
async function complete(
  words: Words,
  { out, yes }: { readonly out: string; readonly yes: boolean },
): Promise<Words> {
  if (yes) return words;
  checked({ ...words, ...placeholders(words) }, out); // wrong flags are told before anything is asked
  if (process.stdin.isTTY && process.stdout.isTTY) {
    const { ask } = await import("../init/questions.ts");
    return ask(words, out);
  }
  const missing = missingFlags(words);
  if (missing.length === 0) return words;
  const { site, boxes, app, database } = DEFAULTS;
  throw new CommandRefusal(
    [
      "init: there is no terminal to ask on, and these are missing:",
      ...missing.map(([flag, says]) => `  ${flag.padEnd(18)}  ${says}`),
      `Add them, or --yes for the defaults (--site ${site} --boxes ${boxes} --app ${app}; for a folder --database ${database})`,
    ].join("\n"),
    EXIT.config,
  );
}

/** Returns the folder that `--app none` needs, while it was not given. */
const placeholders = ({ app, static: assets }: Words): Words =>
  app === "none" && assets === undefined ? { static: "static" } : {};

function missingFlags({ site, boxes, app, database, static: assets }: Words) {
  const inFolder = app !== undefined && app !== "none" && !/^:?\d+$/.test(app);
  const needed: readonly (readonly [needs: boolean, flag: string, says: string])[] = [
    [site === undefined, "--site HOST", "the host name of the site, such as www.foobar.com"],
    [boxes === undefined, "--boxes one|two", "how many machines"],
    [app === undefined, "--app PORT|FOLDER", "the application, or none"],
    [
      inFolder && database === undefined,
      "--database URL",
      "sqlite, or mysql://USER:PASSWORD@HOST/NAME",
    ],
    [app === "none" && assets === undefined, "--static FOLDER", "the files to serve"],
  ];
  return needed.filter(([needs]) => needs).map(([, flag, says]) => [flag, says] as const);
}

function existing(out: string): CommandRefusal {
  return new CommandRefusal(
    `${out} exists already and was left alone; --force replaces it, --out FILE writes another`,
  );
}

function hasPassword({ database = "" }: Wanted): boolean {
  return /^mysql:\/\/[^@/]*:[^@]+@/.test(database);
}

function write(
  out: string,
  text: string,
  { force, secret }: { readonly force: boolean; readonly secret: boolean },
): void {
  const folder = dirname(out);
  if (!existsSync(folder))
    throw new CommandRefusal(
      `${out}: the folder ${folder} does not exist; create it with: mkdir -p ${shellWord(folder)}`,
    );
  try {
    if (force) replace(out, text, secret);
    else writeAtomically(out, text, { mode: secret ? 0o600 : 0o666, replace: false });
  } catch (error) {
    if (error instanceof CommandRefusal) throw existing(out);
    const why = error instanceof Error ? error.message : error;
    throw new CommandRefusal(systemFault(error) ?? `${out}: cannot be written: ${why}`);
  }
}

/** Replaces the file in one step. It keeps its mode unless it is secret; a link stays a link, and a device a device. */
function replace(out: string, text: string, secret: boolean): void {
  const there = statSync(out, { throwIfNoEntry: false });
  if (there !== undefined && !there.isFile()) {
    writeFileSync(out, text);
    return;
  }
  const path = there === undefined ? out : realpathSync(out);
  const mode = secret ? 0o600 : (there?.mode ?? 0o666) & 0o777;
  writeAtomically(path, text, { mode, replace: true });
  if (there !== undefined) chmodSync(path, mode); // a new file has less, by the umask
}

function report(wanted: Wanted, out: string): string {
  if (hasPassword(wanted)) say(`${out} has the database's password in it; only you may read it`);
  const config = out === "tandem.yaml" ? "" : ` --config ${shellWord(out)}`;
  const file = out === "tandem.yaml" ? "" : ` ${shellWord(out)}`;
  const steps = [
    ...(needsPrepare(wanted)
      ? [[`prepare${config}`, "# makes certificates, keys, tables of the database"]]
      : []),
    [`check${file}`, "# opens every file that it names"],
    [`up${config}`, `# runs it, at ${siteAddress(wanted)}`],
  ].map(([words = "", does = ""]) => [`  ${invocation()} ${words}`, does]);
  return [
    `${out} written. Next:`,
    ...table(steps),
    ...(twoMachines(wanted)
      ? [
          "On each machine with --box box1 or --box box2; what has to be copied: tandem help two-boxes",
        ]
      : []),
  ].join("\n");
}
