import http from 'node:http';
import https from 'node:https';

export interface Sending {
  /** For the `transport` setting of axios. */
  readonly transport: {
    request(
      options: https.RequestOptions,
      onReply: (reply: http.IncomingMessage) => void,
    ): http.ClientRequest;
  };
  /** False only when no byte of the request can have reached the server. */
  begun(): boolean;
}

/**
 * Watches whether a request got a connection. That, and not a list of error codes, decides whether a
 * failure left anything behind: ECONNRESET, for one, comes from a handshake as well as after the request.
 */
export function watchSending(secure: boolean): Sending {
  let begun = false;
  const start = () => {
    begun = true;
  };
  return {
    transport: {
      request(options, onReply) {
        const request = (secure ? https : http).request(options, onReply);
        request.once('socket', (socket) => {
          // A kept connection is open already and takes the request at once.
          if (request.reusedSocket || (!secure && !socket.connecting)) start();
          else socket.once(secure ? 'secureConnect' : 'connect', start);
        });
        return request;
      },
    },
    begun: () => begun,
  };
}
