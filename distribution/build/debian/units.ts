// The systemd units of the Debian package: one that runs `tandem up`, and one for each tier. They differ in few lines,
// so they are made of one text.

/** Ends after the drain deadlines of the tiers (10 s each unless the file says otherwise), so that requests finish. */
const TIER_STOP = 15;
const UP_STOP = 40;
/** Longer than `tandem upgrade` waits for the new processes, and then for the old ones. */
const ONESHOT_START = 240;
const CONFIG = "--config /etc/tandem/tandem.yaml $TANDEM_OPTIONS";
const LOW_PORTS = "CAP_NET_BIND_SERVICE";

interface Unit {
  readonly description: string;
  readonly page: string;
  /** The words after `/usr/bin/tandem`. */
  readonly command: string;
  readonly stopSeconds: number;
  /** Whether the service listens on ports below 1024. */
  readonly lowPorts: boolean;
  /** The commands of a reload. A service without them needs a restart. */
  readonly reload?: readonly string[];
  /** The units that listen where this one does. Starting one stops the others. */
  readonly conflicts?: readonly string[];
  /** Whether the unit lives only while a package is upgraded. */
  readonly passing?: boolean;
  /** Whether the unit runs a command that ends, and is active while that runs. */
  readonly oneshot?: boolean;
}

const BALANCER = {
  page: "tandem-balancer(1)",
  command: `balancer --share-ports ${CONFIG}`,
  stopSeconds: TIER_STOP,
  lowPorts: true,
} as const;

const UNITS: Readonly<Record<string, Unit>> = {
  tandem: {
    description: "Tandem: the tiers that tandem.yaml gives this machine",
    page: "tandem(1)",
    command: `up ${CONFIG}`,
    stopSeconds: UP_STOP,
    lowPorts: true,
    reload: [`/usr/bin/tandem reload ${CONFIG}`],
    conflicts: ["tandem-balancer", "tandem-webserver", "tandem-appserver"],
  },
  // It signals the process of tandem.service and looks at it in /proc, which takes the same user and capabilities.
  "tandem-upgrade": {
    description: "Tandem: the installed build takes the place of what tandem.service runs",
    page: "tandem(1)",
    command: `upgrade ${CONFIG}`,
    stopSeconds: UP_STOP,
    lowPorts: true,
    passing: true,
    oneshot: true,
  },
  "tandem-balancer": {
    ...BALANCER,
    description: "Tandem load balancer",
    // A broken file fails the reload here, where `systemctl reload` reports it. The signal alone would not.
    reload: [`/usr/bin/tandem balancer --check ${CONFIG}`, "/bin/kill -HUP $MAINPID"],
    conflicts: ["tandem"],
  },
  "tandem-balancer-handover": {
    ...BALANCER,
    description: "Tandem load balancer that serves while an upgrade restarts tandem-balancer",
    passing: true,
  },
  "tandem-webserver": {
    description: "Tandem web server",
    page: "tandem-webserver(1)",
    command: `webserver ${CONFIG}`,
    stopSeconds: TIER_STOP,
    lowPorts: false,
    conflicts: ["tandem"],
  },
  "tandem-appserver": {
    description: "Tandem application server",
    page: "tandem-appserver(1)",
    command: `appserver run ${CONFIG}`,
    stopSeconds: TIER_STOP,
    lowPorts: false,
    conflicts: ["tandem"],
  },
};

/** Returns the text of each unit by the name of its file. */
export function units(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(UNITS).map(([name, unit]) => [`${name}.service`, textOf(unit)]),
  );
}

function textOf(unit: Unit): string {
  const conflicts = unit.conflicts?.map((name) => `${name}.service`).join(" ");
  return [
    "[Unit]",
    `Description=${unit.description}`,
    `Documentation=man:${unit.page} man:tandem.yaml(5)`,
    "Wants=network-online.target",
    "After=network-online.target mariadb.service",
    ...(conflicts === undefined ? [] : [`Conflicts=${conflicts}`]),
    "StartLimitIntervalSec=0",
    "",
    "[Service]",
    ...serviceLines(unit),
    "",
    ...HARDENING,
    ...capabilityLines(unit),
    ...(unit.passing ? [] : ["", "[Install]", "WantedBy=multi-user.target"]),
    "",
  ].join("\n");
}

const NOTIFYING: readonly string[] = [
  "# Its child systemd-notify sends the messages, hence 'all'.",
  "Type=notify",
  "NotifyAccess=all",
  "WatchdogSec=30",
];

function serviceLines({
  command,
  stopSeconds,
  reload = [],
  passing,
  oneshot,
}: Unit): readonly string[] {
  return [
    "User=tandem",
    "Group=tandem",
    "WorkingDirectory=/var/lib/tandem",
    "Environment=TANDEM_OPTIONS=",
    "EnvironmentFile=-/etc/default/tandem",
    ...(oneshot ? ["Type=oneshot", `TimeoutStartSec=${ONESHOT_START}`] : NOTIFYING),
    `ExecStart=/usr/bin/tandem ${command}`,
    ...reload.map((line) => `ExecReload=${line}`),
    ...(passing
      ? ["Restart=no"]
      : [
          "Restart=always",
          "RestartSec=1",
          "# 2: the configuration is at fault, and would be the next time.",
          "RestartPreventExitStatus=2",
        ]),
    `TimeoutStopSec=${stopSeconds}`,
    "KillMode=mixed",
    "LimitNOFILE=65536",
    "StateDirectory=tandem",
    "StateDirectoryMode=0700",
    "LogsDirectory=tandem",
    "LogsDirectoryMode=0750",
    "ConfigurationDirectory=tandem",
    "ConfigurationDirectoryMode=0750",
    "UMask=0027",
  ];
}

function capabilityLines({ lowPorts }: Unit): readonly string[] {
  // A service in a user namespace of its own may not listen on the low ports of the machine.
  return lowPorts
    ? [
        `AmbientCapabilities=${LOW_PORTS}`,
        `CapabilityBoundingSet=${LOW_PORTS}`,
        "PrivateUsers=false",
      ]
    : ["CapabilityBoundingSet=", "PrivateUsers=true"];
}

const HARDENING: readonly string[] = [
  "# MemoryDenyWriteExecute is missing: V8 compiles to memory and then runs it.",
  "NoNewPrivileges=true",
  "ProtectSystem=strict",
  "ProtectHome=true",
  "PrivateTmp=true",
  "PrivateDevices=true",
  "DevicePolicy=closed",
  "PrivateIPC=true",
  "RemoveIPC=true",
  "ProtectClock=true",
  "ProtectControlGroups=true",
  "ProtectHostname=true",
  "ProtectKernelLogs=true",
  "ProtectKernelModules=true",
  "ProtectKernelTunables=true",
  "ProtectProc=invisible",
  "LockPersonality=true",
  "RestrictNamespaces=true",
  "RestrictRealtime=true",
  "RestrictSUIDSGID=true",
  "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK",
  "SystemCallArchitectures=native",
  "SystemCallFilter=@system-service",
  "SystemCallErrorNumber=EPERM",
];
