/**
 * The codes (`error.code`) that Node.js gives the errors of a connection that could not be opened or was lost, by socket, name look-up or TLS:
 * what an adapter of a database behind a network translates to a failed connect or a lost connection. The words of its own client come beside.
 * Source: the list of common system errors in Node.js' documentation of `Errors`, and libuv's error constants.
 */
export const socketErrorCodes: ReadonlySet<string> = new Set([
  "EACCES", // no right to use the unix socket
  "EADDRNOTAVAIL",
  "EAI_AGAIN", // the name server did not answer
  "EAI_FAIL",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "EMFILE", // this process has no file descriptor left
  "ENETDOWN",
  "ENETUNREACH",
  "ENOENT", // no such unix socket
  "ENOTCONN",
  "ENOTFOUND", // no such host
  "EPIPE",
  "EPROTO", // TLS: not what it should be
  "ETIMEDOUT",
  "ERR_SOCKET_CLOSED",
  "ERR_STREAM_DESTROYED",
  "ERR_STREAM_WRITE_AFTER_END",
]);
