// The packages for the registry: a row for each.

/** What a package is made of. Paths of sources are relative to the root of the repository. */
export interface Row {
  readonly description: string;
  /**
   * The source of each entry, by the entry's name in `exports` (`.`, `./pickers`). The command has one entry, which is
   * its executable and has no declarations.
   */
  readonly entries: Readonly<Record<string, string>>;
  /** The name of the command, when the package is one. */
  readonly bin?: string;
  /** The oldest Node that runs it. */
  readonly node: string;
  /** How many bytes the installed package may have. The test of the packages checks it. */
  readonly atMost: number;
  /** The text of README.md between its title and its last section. */
  readonly readme: string;
}

const MB = 1024 ** 2;

/** The oldest Node that runs the libraries. `npm run pack -- --test-nodes` runs their examples on it. */
export const OLDEST_NODE = "22.15.0";
/**
 * The oldest Node that runs the command: it loads modules of its users in TypeScript, which Node takes since 22.18, and
 * SQLite tells the columns of a statement, as it does since 22.16.
 */
export const OLDEST_NODE_OF_THE_COMMAND = "22.18.0";

export const PACKAGES: Readonly<Record<string, Row>> = {
  "@tandem/balancer": {
    description:
      "An HTTP load balancer inside a Node program: health checks, pools, retries, hooks",
    entries: {
      ".": "packages/balancer/src/index.ts",
      "./pickers": "packages/balancer/src/pickers.ts",
    },
    node: OLDEST_NODE,
    atMost: 3.5 * MB,
    readme: `Puts an HTTP load balancer into a program: algorithms, health checks, connection pools, queues, retries, WebSocket,
and hooks of your own.

\`\`\`ts
import { createBalancer } from "@tandem/balancer";

const balancer = await createBalancer({
  frontends: { web: { bind: "127.0.0.1:8080", routes: [{ backend: "app" }] } },
  backends: { app: { servers: { one: { address: "127.0.0.1:3000" } } } },
}).start();
console.log(\`\${balancer.url()} leads to port 3000\`);
\`\`\`

\`await balancer.close()\` ends it. The entry \`@tandem/balancer/pickers\` has the balancing algorithms, and the types for
one of your own.
`,
  },
  "@tandem/http": {
    description:
      "An HTTP/1.1 codec and sessions that take bytes and give bytes: no sockets, no clock",
    entries: {
      ".": "packages/http/src/index.ts",
      "./exchange": "packages/http/src/exchange/index.ts",
      "./session": "packages/http/src/session/index.ts",
    },
    node: OLDEST_NODE,
    atMost: MB,
    readme: `Reads and writes HTTP/1.1 strictly. It takes bytes and gives bytes, and uses no socket and no clock.

\`\`\`ts
import { DEFAULT_LIMITS, parseRequestHead, ProtocolFailure } from "@tandem/http";

const head = parseRequestHead("GET /a/../b HTTP/1.1\\r\\nHost: app.test\\r\\n", DEFAULT_LIMITS);
if (head instanceof ProtocolFailure) console.log("refused with", head.status);
else console.log(head.method, "of", head.host);
\`\`\`

\`@tandem/http/session\` has sessions with clients and with servers over any byte stream, \`@tandem/http/exchange\` a request
and its answer as a handler sees them.
`,
  },
  "@tandem/config": {
    description: "Reads and checks tandem.yaml, the configuration of Tandem",
    entries: { ".": "packages/config/src/index.ts" },
    node: OLDEST_NODE,
    atMost: 2 * MB,
    readme: `Reads and checks \`tandem.yaml\`. A file with problems is refused with all of them: place, value, what was expected and
what was probably meant.

\`\`\`ts
import { ConfigError, formatProblems, parseConfig } from "@tandem/config";

try {
  parseConfig("site: app.test\\nbalancr: {}\\n", "tandem.yaml");
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.log(formatProblems(error.problems, { color: false }));
}
\`\`\`
`,
  },
  "@tandem/lab": {
    description:
      "A simulator that drives Tandem's balancing algorithms, with studies and statistics",
    entries: { ".": "packages/lab/src/index.ts" },
    node: OLDEST_NODE,
    atMost: 1.5 * MB, // a quarter of it checks scenarios
    readme: `Simulates balancing algorithms: the balancer's own code with simulated servers, clients and time.

\`\`\`ts
import { CHECKS, runCheck } from "@tandem/lab";

const check = CHECKS.find(({ fast }) => fast);
if (check === undefined) throw new Error("every check takes long");
const { title, verdict } = runCheck(check, false, () => performance.now());
console.log(title, verdict);
\`\`\`
`,
  },
  tandem: {
    description:
      "A load balancer, a web server, an application server and a laboratory, as one command",
    entries: { ".": "distribution/src/main.ts" },
    bin: "tandem",
    node: OLDEST_NODE_OF_THE_COMMAND,
    atMost: 20 * MB, // more than half of it is source maps; 4.6 MB packed
    readme: `One command with a load balancer, a web server, an application server and their laboratory. Whatever listens on port
3000, four lines put a balancer before it:

\`\`\`yaml
# proxy.yaml
site: app.test
balancer:
  frontends: { web: { bind: "127.0.0.1:9000", routes: [{ backend: app }] } }
  backends: { app: { servers: { one: { address: "127.0.0.1:3000" } } } }
\`\`\`

\`\`\`sh
tandem up --config proxy.yaml
\`\`\`

\`tandem --help\` says what else there is.
`,
  },
};
