// Presents the agenda (the list of planned events) as a `Clock`, for code of the balancer that uses timers. Each timer
// makes a closure, so this clock is only for rare events.
import type { Clock, Timer } from "@tandem/transport";
import type { Agenda } from "./agenda.ts";

export function simulatedClock(agenda: Agenda): Clock {
  const plan = (ms: number, run: () => void, again: boolean): Timer => {
    let cancelled = false;
    const due = agenda.kind(() => {
      if (cancelled) return;
      run();
      if (again) agenda.at(agenda.now + ms, due, 0, 0);
    });
    agenda.at(agenda.now + ms, due, 0, 0);
    return {
      cancel: () => {
        cancelled = true;
      },
    };
  };
  return {
    now: () => agenda.now,
    wall: () => agenda.now,
    after: (ms, run) => plan(ms, run, false),
    every: (ms, run) => plan(ms, run, true),
  };
}
