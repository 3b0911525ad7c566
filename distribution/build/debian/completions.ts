// The completions for bash, zsh and fish. Each walks the words before the cursor to the command they call, then offers
// its subcommands and options. They are made of the command tree; no shell has to start the program.
import { allNodes, type CommandNode, type OptionFacts } from "./command-tree.ts";

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const wordOf = ({ path }: CommandNode): string => path.split(" ").at(-1) ?? "";
const flagsOf = (node: CommandNode): readonly string[] =>
  node.options.flatMap(({ flags }) => flags);

/** Returns each option that has choices, with the command it belongs to. */
function choicesOf(nodes: readonly CommandNode[]) {
  return nodes.flatMap(({ path, options }) =>
    options
      .filter(({ choices }) => choices.length > 0)
      .map(({ flags, choices }) => ({ path, flags, choices })),
  );
}

/** Lines of bash and zsh that set `at` to the command that the words before the cursor call. */
function walk(nodes: readonly CommandNode[], words: string): string {
  const known = nodes.filter(({ path }) => path.includes(" ")).map(({ path }) => quoted(path));
  return `  local at=tandem word
  for word in ${words}; do
    case "$at $word" in
      ${known.join(" | ")}) at="$at $word" ;;
    esac
  done`;
}

export function bashCompletion(tree: CommandNode): string {
  const nodes = allNodes(tree);
  return `# bash completion for tandem
_tandem() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words=
${walk(nodes, `"\${COMP_WORDS[@]:1:COMP_CWORD-1}"`)}
  case "$at $previous" in
${choicesOf(nodes)
  .map(
    ({ path, flags, choices }) =>
      `    ${flags.map((flag) => quoted(`${path} ${flag}`)).join(" | ")}) words=${quoted(choices.join(" "))} ;;`,
  )
  .join("\n")}
    *) case "$at" in
${nodes
  .map((node) => {
    const words = [...node.commands.map(wordOf), ...node.words, ...flagsOf(node)].join(" ");
    return `      ${quoted(node.path)}) words=${quoted(words)} ;;`;
  })
  .join("\n")}
    esac ;;
  esac
  # Without a match, bash completes the name of a file.
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o default -F _tandem tandem
`;
}

export function zshCompletion(tree: CommandNode): string {
  const nodes = allNodes(tree);
  const described = (name: string, summary: string) =>
    quoted(`${name.replaceAll(":", "\\:")}:${summary}`);
  return `#compdef tandem
_tandem() {
${walk(nodes, `"\${(@)words[2,CURRENT-1]}"`)}
  local -a commands options values
  case "$at $words[CURRENT-1]" in
${choicesOf(nodes)
  .map(
    ({ path, flags, choices }) =>
      `    ${flags.map((flag) => quoted(`${path} ${flag}`)).join(" | ")}) compadd -- ${choices.map(quoted).join(" ")}; return ;;`,
  )
  .join("\n")}
  esac
  case "$at" in
${nodes
  .map((node) => {
    const commands = node.commands.map((child) => described(wordOf(child), child.summary));
    const options = node.options.flatMap(({ flags, meaning }) =>
      flags.map((flag) => described(flag, meaning)),
    );
    return `    ${quoted(node.path)})\n      commands=(${commands.join(" ")})\n      values=(${node.words.map(quoted).join(" ")})\n      options=(${options.join(" ")}) ;;`;
  })
  .join("\n")}
  esac
  (( $#commands )) && _describe -t commands command commands
  [[ $PREFIX == -* ]] && _describe -o -t options option options
  (( $#values )) && compadd -a values
  (( $#commands + $#values )) || _files
}
_tandem "$@"
`;
}

export function fishCompletion(tree: CommandNode): string {
  const nodes = allNodes(tree);
  const paths = nodes.filter(({ path }) => path.includes(" ")).map(({ path }) => quoted(path));
  return `# fish completion for tandem
function __tandem_at
  set -l at tandem
  set -l words (commandline -opc)
  for word in $words[2..]
    contains -- "$at $word" ${paths.join(" ")}; and set at "$at $word"
  end
  test "$at" = "$argv"
end
${nodes.flatMap(fishLines).join("\n")}
`;
}

function fishLines(node: CommandNode): readonly string[] {
  const at = `complete -c tandem -n ${quoted(`__tandem_at ${node.path}`)}`;
  return [
    ...node.commands.map((child) => `${at} -f -a ${wordOf(child)} -d ${quoted(child.summary)}`),
    ...(node.words.length === 0 ? [] : [`${at} -f -a ${quoted(node.words.join(" "))}`]),
    ...node.options.map((option) => `${at} ${fishOption(option)}`),
  ];
}

function fishOption({ flags, takesValue, choices, meaning }: OptionFacts): string {
  const names = flags.map((flag) =>
    flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
  );
  const value = choices.length > 0 ? ` -x -a ${quoted(choices.join(" "))}` : " -r";
  return `${names.join(" ")}${takesValue ? value : ""} -d ${quoted(meaning)}`;
}
