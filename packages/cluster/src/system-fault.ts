// Errors of the system that an operator can mend, such as a full disk. They are no bug, so they need no stack trace.

/** What is wrong and what to do, by the code of the error. */
const FAULTS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full; make room, then try again",
  EDQUOT: "the user's share of the disk is used up; make room, then try again",
  EROFS: "the file system is read-only; mount it writable, or name another folder",
  EACCES: "this user may not do that; check the owner and the mode",
  EPERM: "this user may not do that; check the owner and the mode",
  EIO: "the disk reports an error; look at 'dmesg'",
  EMFILE:
    "this process has too many open files; raise its limit (ulimit -n, or LimitNOFILE in a unit)",
  ENFILE: "this machine has too many open files; raise fs.file-max",
};

/** Returns the message for such an error; undefined for every other one. */
export function systemFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const {
    code = "",
    syscall = "",
    path,
    dest,
  } = error as NodeJS.ErrnoException & {
    readonly dest?: string;
  };
  const advice = FAULTS[code];
  if (advice === undefined) return undefined;
  const place = dest ?? path;
  return `${place === undefined ? "" : `${place}: `}${syscall} failed, ${advice} (${code})`;
}
