// What a client sends before its first frame (RFC 9113 §3.4). To a server of HTTP/1.1 it looks like a request of an
// unknown version.

export const CLIENT_PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
