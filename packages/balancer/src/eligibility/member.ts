// What decides whether and how much of the traffic a server gets, before an algorithm chooses.

export interface Member {
  readonly name: string;
  /** Draining and maint are a person's decision; they get nothing, whatever else is down. */
  readonly state: "up" | "down" | "draining" | "maint";
  /** Up, and says that it cannot do all of its work; absent = it can. */
  readonly degraded?: boolean;
  /** As configured; 0 = no new requests. */
  readonly weight: number;
  /** Used only while no other is up. */
  readonly backup: boolean;
  /** Failover level, 0 first. */
  readonly priority: number;
  readonly zone: string | undefined;
  /** When it came back, on the clock of `now`; undefined = it was up from the start: no slow start. */
  readonly upSinceMs: number | undefined;
}

/** Servers that an algorithm may choose from, each with its weight of this moment. */
export interface Eligible<M> {
  readonly servers: readonly M[];
  /** Above 0; whole and as configured where nothing else applies. */
  readonly weights: readonly number[];
  /** Health is ignored, at least in part: servers that are down are among them. */
  readonly panic: boolean;
  /** A slow start is under way: weights will be others in a moment though nothing happens. */
  readonly warming: boolean;
}
