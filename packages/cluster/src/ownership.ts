// Says whether a path is in the hands of the user who runs the command. A file in a folder of another user, or in a
// folder that every user may write, may have been put there by another user.
import { lstatSync, type Stats, statSync } from "node:fs";

/** The number of a user; undefined where the system has no users with numbers. */
export type User = number | undefined;

/** Returns the user that runs the command. */
export const currentUser = (): User => process.getuid?.();

const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;

/**
 * Returns why another user may decide what `path` contains, such as `belongs to user 1001`; undefined when only `user`
 * and root may. A link is looked at as well as what it leads to, because its owner chooses where it leads. The path
 * must exist.
 */
export function strangerAt(path: string, user: User): string | undefined {
  return strangeOwner(path, user) ?? (user !== undefined ? writableByAll(path) : undefined);
}

/**
 * Returns why another user may have put the file `path` where it is; undefined when only `user` and root may. In a
 * folder with the sticky bit, such as /tmp, others cannot replace a file of `user`, but they can add a second name (a
 * hard link) of one that lies elsewhere.
 */
export function strangerPut(path: string, folder: string, user: User): string | undefined {
  if (user === undefined) return undefined;
  const owner = strangeOwner(folder, user);
  if (owner !== undefined) return `is in a folder that ${owner}`;
  if (!isShared(folder)) return undefined;
  if ((statSync(folder).mode & STICKY) === 0) return "is in a folder that every user may write";
  return statSync(path).nlink > 1 ? "has a second name (hard link), in a shared folder" : undefined;
}

/** Whether `folder` belongs to `user` or root, and others cannot add files to it. */
export function isPrivate(folder: string, user: User): boolean {
  return strangerAt(folder, user) === undefined;
}

function strangeOwner(path: string, user: User): string | undefined {
  const isStranger = ({ uid }: Stats): boolean => user !== undefined && uid !== user && uid !== 0;
  const link = lstatSync(path);
  const [target, words] = [statSync(path), link.isSymbolicLink() ? "is a link that " : ""];
  if (isStranger(link)) return `${words}belongs to user ${link.uid}`;
  return isStranger(target) ? `${words}leads to a file of user ${target.uid}` : undefined;
}

const writableByAll = (path: string): string | undefined =>
  isShared(path) ? "may be written by every user" : undefined;

const isShared = (path: string): boolean => (statSync(path).mode & OTHERS_WRITE) !== 0;
