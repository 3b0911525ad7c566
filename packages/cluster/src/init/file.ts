// Writes the text of tandem.yaml for what `tandem init` was told. Every part has a comment that says what it does, and
// only the parts are there that were asked for.
import { hostPort, sameMachine, twoMachines, type Wanted } from "./wanted.ts";

type Lines = readonly string[];

/** The ports of each tier. The second box gets the next port if it is on the same machine. */
const PORTS = { http: 8080, https: 8443, webserver: 8081, appserver: 8091, admin: 8404 } as const;

const LOOPBACK = "127.0.0.1";
const TLS_FOLDER = ".tandem/tls";

/** Returns the text of the file. */
export function fileText(wanted: Wanted): string {
  const parts = [
    header(wanted),
    [
      "# The host name of the site. Redirects and certificates are made for it.",
      `site: ${quoted(wanted.site)}`,
    ],
    balancer(wanted),
    wanted.assets === undefined ? [] : webserver(wanted, wanted.assets),
    wanted.app.kind === "folder" ? appserver(wanted, wanted.app.folder) : [],
    cluster(wanted),
  ];
  const texts = parts.filter((part) => part.length > 0).map((part) => part.join("\n"));
  return `${texts.join("\n\n")}\n`;
}

/** Whether `tandem prepare` has something to make: certificates, the key of sessions, tables. */
export function needsPrepare(wanted: Wanted): boolean {
  return wanted.https || wanted.app.kind === "folder" || usesInternalTls(wanted);
}

/** Returns the URL at which the site answers on this machine. */
export function siteAddress({ https }: Wanted): string {
  return https ? `https://localhost:${PORTS.https}/` : `http://localhost:${PORTS.http}/`;
}

function header(wanted: Wanted): Lines {
  return [
    "# Made by `tandem init`, to be changed from here on. Relative paths start at the folder of this file.",
    "# Next, in this order:",
    ...(needsPrepare(wanted)
      ? ["#   tandem prepare   makes what is missing: certificates, keys, tables of the database"]
      : []),
    "#   tandem check     opens every file that this one names (--no-files: reads only this one)",
    `#   tandem up        runs it until Ctrl-C, at ${siteAddress(wanted)}`,
    ...(twoMachines(wanted)
      ? [
          "# With `--box box1` or `--box box2` on each machine; what has to be copied: tandem help two-boxes",
        ]
      : []),
    "# Every key: tandem help configuration",
  ];
}

function balancer(wanted: Wanted): Lines {
  const { assets, app } = wanted;
  const [name, tier] =
    assets !== undefined ? (["web", "webserver"] as const) : (["app", "appserver"] as const);
  const toProgram = assets === undefined && app.kind === "port";
  return [
    "# Takes requests in and spreads them over servers.",
    "balancer:",
    "  frontends:",
    ...frontends(wanted, name),
    "  backends:",
    ...(toProgram
      ? ["    # The program. It need not know of Tandem. More servers of it are more lines here."]
      : [`    # The ${tier} below.`]),
    `    ${name}:`,
    ...indent(
      4,
      toProgram ? toProgramServers(wanted, app.port) : toTier(wanted, tier, "&internal"),
    ),
    "  # The balancer's page, its figures, and what `tandem status` asks. Only this machine reaches it.",
    `  admin: { bind: ${quoted(hostPort(LOOPBACK, PORTS.admin))} }`,
  ];
}

/**
 * Returns where visitors come in. A site on this machine that has no name of its own is there to be tried, so only this
 * machine reaches it.
 */
function bindLines(wanted: Wanted, port: number): Lines {
  const isLocal = /^(?:.+\.)?localhost$/i.test(wanted.site) && !twoMachines(wanted);
  if (!isLocal) return [`      bind: "*:${port}"`];
  return [
    `      # Only this machine reaches it. "*:${port}" lets other machines in.`,
    `      bind: ${quoted(hostPort(LOOPBACK, port))}`,
  ];
}

function frontends(wanted: Wanted, backend: string): Lines {
  const { https } = wanted;
  const routes = ["      routes:", `        - { backend: ${backend} }`];
  const [first, ...more] = https
    ? [
        "    # Leads to https. Below port 1024 a program needs a right of its own: tandem help two-boxes",
        "    http:",
        ...bindLines(wanted, PORTS.http),
        `      redirect: { scheme: https, port: ${PORTS.https} }`,
        "    # Where visitors come in. `tandem prepare` makes this certificate, by an authority that browsers do not",
        "    # know. For a public site, name the files of a public authority here.",
        "    https:",
        ...bindLines(wanted, PORTS.https),
        "      tls:",
        `        certificates: [{ cert: ${TLS_FOLDER}/site.crt, key: ${TLS_FOLDER}/site.key }]`,
      ]
    : [
        "    # Where visitors come in. Below port 1024 a program needs a right of its own: tandem help two-boxes",
        "    http:",
        ...bindLines(wanted, PORTS.http),
      ];
  return [first ?? "", ...more, ...routes];
}

/** Returns the servers that are the program on its port, and how their health is known. */
function toProgramServers(wanted: Wanted, port: number): Lines {
  return [...servers(wanted, port), "  check: tcp # a server is up while it accepts connections"];
}

/** Returns the servers that are a tier of this file. `internal` = how the certificates are named here. */
function toTier(
  wanted: Wanted,
  tier: "webserver" | "appserver",
  internal: "&internal" | "*internal",
): Lines {
  const preferred = tier === "appserver" && wanted.assets !== undefined && wanted.addresses;
  return [
    ...servers(wanted, PORTS[tier]),
    "  check: { http: { path: /readyz } } # a server is up while it says that it can do its work",
    ...(preferred
      ? ["  prefer: same-box # the other box's steps in while this box's is down"]
      : []),
    ...(usesInternalTls(wanted) ? internalTls(internal) : []),
  ];
}

function internalTls(internal: "&internal" | "*internal"): Lines {
  if (internal === "*internal") return ["  tls: *internal"];
  return [
    "  # Between the tiers both sides show a certificate of the site's own authority, by `tandem prepare`.",
    "  tls: &internal",
    `    ca: ${TLS_FOLDER}/ca.crt`,
    `    cert: ${TLS_FOLDER}/\${BOX}.crt`,
    `    key: ${TLS_FOLDER}/\${BOX}.key`,
  ];
}

function servers(wanted: Wanted, port: number): Lines {
  const places = placesOf(wanted, port);
  return [
    "  servers:",
    ...places.map(([box, place]) => `    ${box}: { address: ${quoted(place)} }`),
  ];
}

function webserver(wanted: Wanted, assets: string): Lines {
  const { app } = wanted;
  const path = app.kind === "none" ? "/" : "/assets/";
  return [
    app.kind === "none"
      ? "# Serves files."
      : "# Serves files, and passes every other request to the application.",
    "webserver:",
    ...ownPlace(wanted, PORTS.webserver),
    "  locations:",
    `    - { path: ${path}, root: ${quoted(assets)} }`,
    ...(app.kind === "none"
      ? []
      : [
          "  upstream:",
          ...indent(
            2,
            app.kind === "port"
              ? toProgramServers(wanted, app.port)
              : toTier(wanted, "appserver", "*internal"),
          ),
        ]),
    "  # Whose word about the visitor's address is believed: the balancer's.",
    `  trustedProxies: [${trusted(wanted).map(quoted).join(", ")}]`,
  ];
}

function appserver(wanted: Wanted, folder: string): Lines {
  const { database = "" } = wanted;
  const kept = database.startsWith("sqlite:")
    ? "# One file. Several machines need a database that all of them reach: mysql://…"
    : "# In a file of its own (urlFile) the URL and its password may be kept from those who read this file.";
  return [
    "# Hosts the application: the folder has an index.ts that exports `app` or `handler`",
    "# (tandem help application-server).",
    "appserver:",
    ...ownPlace(wanted, PORTS.appserver),
    `  app: ${quoted(folder)}`,
    `  ${kept}`,
    `  database: { url: ${quoted(database)} }`,
    ...(twoMachines(wanted)
      ? [
          "  # Whose word about the visitor's address is believed.",
          `  trustProxy: [${trusted(wanted).map(quoted).join(", ")}]`,
        ]
      : []),
  ];
}

/** Returns where a tier listens if there is one box, and its certificates if there are two. */
function ownPlace(wanted: Wanted, port: number): Lines {
  return wanted.addresses === undefined
    ? [`  bind: ${quoted(hostPort(LOOPBACK, port))}`]
    : usesInternalTls(wanted)
      ? ["  tls: *internal"]
      : [];
}

/** Returns which box runs what. Without boxes, or if both boxes would only run the same balancer, there is nothing to say. */
function cluster(wanted: Wanted): Lines {
  const { addresses, app, assets } = wanted;
  if (addresses === undefined) return [];
  const own = app.kind === "folder" || assets !== undefined;
  if (!own && sameMachine(addresses)) return [];
  const bind = (tier: "webserver" | "appserver", i: number) =>
    `      ${tier}: { bind: ${quoted(placesOf(wanted, PORTS[tier])[i]?.[1] ?? "")} }`;
  return [
    sameMachine(addresses)
      ? "# Both boxes, side by side on this machine. On two machines each has an address and a balancer of its own."
      : "# Which box runs what. The file is the same on both; `--box` says which one a machine is.",
    "cluster:",
    "  boxes:",
    ...addresses.flatMap((_, i) => [
      `    box${i + 1}:`,
      ...(i === 0 || !sameMachine(addresses) ? ["      balancer: true"] : []),
      ...(assets === undefined ? [] : [bind("webserver", i)]),
      ...(app.kind === "folder" ? [bind("appserver", i)] : []),
    ]),
  ];
}

/** Whether tiers of this file speak to each other from box to box. The program on a port has no certificate. */
function usesInternalTls({ addresses, app, assets }: Wanted): boolean {
  return addresses !== undefined && (app.kind === "folder" || assets !== undefined);
}

const trusted = (wanted: Wanted): Lines =>
  wanted.addresses !== undefined && twoMachines(wanted) ? wanted.addresses : [LOOPBACK];

/** Returns the name of each server and where it listens. */
function placesOf({ addresses }: Wanted, port: number): readonly (readonly [string, string])[] {
  if (addresses === undefined) return [["box1", hostPort(LOOPBACK, port)]];
  const step = sameMachine(addresses) ? 1 : 0;
  return addresses.map((host, i) => [`box${i + 1}`, hostPort(host, port + i * step)] as const);
}

const indent = (by: number, lines: Lines): Lines => lines.map((line) => " ".repeat(by) + line);

/** Returns a text as a value of YAML. `${` would begin a variable, so it is doubled. */
function quoted(text: string): string {
  const literal = text.replaceAll("${", () => "$${");
  return /^[A-Za-z/][\w./-]*$/.test(literal) &&
    !/^(true|false|null|y|n|yes|no|on|off)$/i.test(literal)
    ? literal
    : JSON.stringify(literal);
}
