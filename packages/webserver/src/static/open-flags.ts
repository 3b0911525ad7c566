// How files of the served folders are opened.
import { constants } from "node:fs";

/** O_NOFOLLOW: the path has been resolved, a link there now is an exchange. O_NONBLOCK: a FIFO must not hang us. */
export const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
