// The end of a turn of the event loop, when every socket that was ready has been read. What the turn has made can then
// leave together.

export interface TurnListener {
  /** Called at the end of the turn. Must not throw. */
  readsDone(): void;
}

export interface Turn {
  /** Has `one` called at the end of this turn, once. */
  add(one: TurnListener): void;
}
