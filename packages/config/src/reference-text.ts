// The text above the tables of docs/configuration.md: explanations that apply to the whole file.

export const INTRODUCTION = `# Configuration

<!-- Made by \`node scripts/generate.ts\` from the schema in packages/config; change it there. -->

One file, \`tandem.yaml\`, describes both boxes. Every process reads it and takes its own section.
\`tandem check FILE\` says everything that is wrong with it and with the certificates it names, with the
place, what was expected and what was probably meant; nothing starts, and nothing running changes, before
the file is right.

## Values

- A **duration** is a number with its unit: \`250ms\`, \`2s\`, \`1m\`, \`1h\`, \`14d\`.
- A **size** is a number with its unit: \`512B\`, \`16KiB\`, \`1MiB\`, \`1GiB\`.
- An **address** is \`host:port\` or \`[v6]:port\`; to listen on every address of a box, \`*:port\`. Quote
  what starts with \`*\` or \`[\`.
- A **name** (of a frontend, backend, server or box) has letters, digits, \`-\`, \`_\` and \`.\`.
- **Files and folders**: relative paths start at the folder of the configuration file, wherever a command is called
  from. The same holds for \`sqlite:PATH\`; one that stands in a \`urlFile\` starts at the folder of that file.
- The file is YAML 1.2: \`yes\` and \`no\` are text, booleans are \`true\` and \`false\`; a key stands once;
  \`&anchor\`, \`*alias\` and \`<<\` spare repetition.

## Variables

\`\${NAME}\` in a value is replaced from the environment, \`\${NAME:-default}\` where it may be unset;
\`$\${\` is a literal \`\${\`. A variable never adds keys or lines. Unquoted, a value that reads as a number
or a boolean becomes one; quotes keep it text. Between braces or brackets YAML wants a variable quoted. \`\${BOX}\` is the box this process runs as
(\`--box NAME\`; without it the only box there is, or the one that bears the machine's host name). Reports show variables by name, never their values.

## What the parts must agree on

- Routes name backends that exist, and none stands behind one that takes every request; a redirect to an https port needs a frontend with \`tls\`.
- Nothing listens twice on one port of a box; the admin port is on a loopback address.
- A check's timeout is no longer than its interval; some server of a backend has a weight above 0.
- A server with a \`queue.limit\` has \`maxConnections\` too, and an algorithm that keeps requests together.
- The balancer gives up an idle connection (\`timeouts.idle\`) before the webserver does
  (\`timeouts.httpKeepAlive\`); both ends of a connection between tiers have \`tls\`, or neither.
- A box that runs a tier needs that tier's section; \`prefer: same-box\` needs a server named like each
  box; \`--box\` names a box that exists. Without \`cluster.boxes\` the file
  describes one machine that runs every tier with a section, and \`--box\` is left out.

## In an editor

\`packages/config/tandem.schema.json\` gives completion and checks while typing. Editors with the YAML
language server find it by this first line, with the path from your file:

\`\`\`yaml
# yaml-language-server: $schema=packages/config/tandem.schema.json
\`\`\`
`;
