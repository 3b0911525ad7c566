// The facts that rules check: the validated values, the names as written, and the boxes with their tiers.
import type { Path } from "../document.ts";
import type { Finding, Written } from "../explain.ts";
import type { BackendConfig } from "../schema/backend.ts";
import type { BoxConfig } from "../schema/cluster.ts";
import type { Config } from "../schema/config.ts";

/** A rule between parts of a configuration. It yields a finding for each breach. */
export type Rule = (facts: Facts) => Iterable<Finding>;

/** A backend of the balancer or the webserver, and the boxes on which that tier runs. */
export interface BackendFact {
  readonly path: Path;
  readonly backend: BackendConfig;
  /** The tier to which the backend's servers are expected to belong. */
  readonly towards: "webserver" | "appserver";
  readonly boxes: readonly string[];
}

export class Facts {
  readonly config: Config;
  readonly box: string | undefined;
  readonly boxes: readonly (readonly [name: string, box: BoxConfig])[];
  readonly #data: unknown;
  readonly #written: Written;

  constructor(config: Config, data: unknown, written: Written, box: string | undefined) {
    this.config = config;
    this.box = box;
    this.boxes = Object.entries(config.cluster.boxes);
    this.#data = data;
    this.#written = written;
  }

  /** Returns the keys of the mapping at `path` as they are written, whether their values are valid or not. */
  names(path: Path): string[] {
    const value = path.reduce<unknown>(
      (tree, step) => (isTree(tree) && Object.hasOwn(tree, step) ? tree[step] : undefined),
      this.#data,
    );
    return isTree(value) ? Object.keys(value) : [];
  }

  has(path: Path): boolean {
    return this.#written.has(path);
  }

  /** Returns a value as written in the file, or its default when it is not written. */
  shown(path: Path, fallback: string): string {
    return this.has(path) ? this.#written.shown(path) : `the default '${fallback}'`;
  }

  /** Returns a duration as written, or its default as text. */
  duration(path: Path, ms: number): string {
    return this.shown(path, ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`);
  }

  /** Returns every backend of the file, the webserver's upstream included. */
  backends(): BackendFact[] {
    const { balancer, webserver } = this.config;
    const running = (tier: "balancer" | "webserver") =>
      this.boxes.filter(([, box]) => box[tier]).map(([name]) => name);
    const found: BackendFact[] = Object.entries(balancer?.backends ?? {}).map(
      ([name, backend]) => ({
        path: ["balancer", "backends", name],
        backend,
        towards: "webserver",
        boxes: running("balancer"),
      }),
    );
    if (webserver?.upstream !== undefined)
      found.push({
        path: ["webserver", "upstream"],
        backend: webserver.upstream,
        towards: "appserver",
        boxes: running("webserver"),
      });
    return found;
  }

  /**
   * Whether one of the backend's servers is a tier of this file, and not a server of another
   * installation.
   */
  isOurs({ backend, towards }: BackendFact): boolean {
    return this.boxes.some(([name, box]) => {
      const bind = box[towards]?.bind;
      if (bind === undefined) return false;
      const servers = Object.entries(backend.servers);
      return servers.some(
        ([server, { address }]) =>
          server === name || (address.host === bind.host && address.port === bind.port),
      );
    });
  }
}

function isTree(value: unknown): value is Readonly<Record<string | number, unknown>> {
  return typeof value === "object" && value !== null;
}
