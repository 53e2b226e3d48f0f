/** Fields every record may carry: run, pipeline, batch, order, step, file ... Never an address or a secret. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** The same log with these fields in every line; a line's own take their place. A function is asked for each line. */
export function withFields(log: Logger, fields: LogFields | (() => LogFields)): Logger {
  const all = (own: LogFields | undefined) => ({
    ...(typeof fields === 'function' ? fields() : fields),
    ...own,
  });
  return {
    debug: (message, own) => log.debug(message, all(own)),
    info: (message, own) => log.info(message, all(own)),
    warn: (message, own) => log.warn(message, all(own)),
    error: (message, own) => log.error(message, all(own)),
  };
}
