// How files of the served folders are opened.
import { constants } from "node:fs";

/**
 * O_NOFOLLOW: the symbolic links in the path are resolved before a file is opened. A link at the
 * path has replaced the file since then, so it is refused. O_NONBLOCK: without this flag, opening a
 * FIFO would wait until another process opens it for writing.
 */
export const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Linux: the file is only pointed at, neither read nor written, so a device or a FIFO does not notice. Not in Node's list. */
const O_PATH = 0o10000000;

/** For what is only looked at. */
export const LOOK_FLAGS = process.platform === "linux" ? O_PATH | constants.O_NOFOLLOW : OPEN_FLAGS;
