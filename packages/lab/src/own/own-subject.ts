// An algorithm from a file of the user's own, as the laboratory runs it: with the balancer's own checks of what the file
// makes, and behind the balancer's own guard. So a figure shows what the same file would do in production.
import {
  openPicker,
  type PickContext,
  type Picker,
  type PickerEnvironment,
  type PickServer,
} from "@tandem/balancer/pickers";
import { type Complain, type CreatePicker, guarded, makePicker } from "@tandem/balancer/policies";
import type { Subject } from "../sim/subject.ts";
import type { View } from "../sim/view.ts";
import { type Watch, watchedPicker } from "./watch.ts";

export interface OwnAlgorithm {
  /** The name under which the laboratory knows it: the file, with the parameters if there are any. */
  readonly name: string;
  readonly create: CreatePicker;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Describes what the file threw, for its author. */
  readonly describe: (thrown: unknown) => string;
  /** Where calls of the file are told to, and the file's number there. Without it nothing notices an endless loop. */
  readonly watched?: { readonly watch: Watch; readonly file: number };
}

/** Makes the picker without the guard, for checks of the picker itself. */
export function bareOpen({ name, create, parameters, describe, watched }: OwnAlgorithm) {
  const open = <S extends PickServer>(environment: PickerEnvironment): Picker<S> =>
    makePicker<S>(create, environment, parameters, { module: name, describe });
  if (watched === undefined) return open;
  const { watch, file } = watched;
  return <S extends PickServer>(environment: PickerEnvironment): Picker<S> => {
    watch.enter("createPicker", file);
    try {
      return watchedPicker(open<S>(environment), watch, file);
    } finally {
      watch.leave();
    }
  };
}

/** The parameters belong to the file, so each file with its parameters is a subject of its own. */
export function ownSubject(own: OwnAlgorithm, complain: Complain): Subject {
  const open = bareOpen(own);
  return {
    title: own.name,
    idea: "An algorithm of your own, as the balancer runs it: where it fails, least-conn chooses instead.",
    paper: "Your own file",
    options: {},
    open(environment) {
      const standIn = openPicker<View>("least-conn", environment);
      return withoutKey(guarded(open<View>(environment), standIn, complain));
    },
  };
}

/** Takes the key away from every request, because the balancer makes no keys for an algorithm of one's own. */
function withoutKey(inner: Picker<View>): Picker<View> {
  const { started, firstByte, ended, report, probes } = inner;
  const asked: { tried: readonly View[]; readonly key: undefined } = { tried: [], key: undefined };
  return {
    get why() {
      return inner.why;
    },
    update: (servers) => inner.update(servers),
    pick({ tried }: PickContext<View>) {
      asked.tried = tried;
      return inner.pick(asked);
    },
    ...(started && { started }),
    ...(firstByte && { firstByte }),
    ...(ended && { ended }),
    ...(report && { report }),
    ...(probes && { probes }),
  };
}
