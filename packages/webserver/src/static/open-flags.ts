// How files of the served folders are opened.
import { constants } from "node:fs";

/**
 * O_NOFOLLOW: the symbolic links in the path are resolved before a file is opened. A link at the
 * path has replaced the file since then, so it is refused. O_NONBLOCK: without this flag, opening a
 * FIFO would wait until another process opens it for writing.
 */
export const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
