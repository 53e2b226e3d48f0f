import { join } from 'node:path';
import type { Writable } from 'node:stream';
import winston from 'winston';
import type { Clock } from '../core/clock.js';
import { messageOf } from '../core/errors.js';
import type { LogFields, Logger } from '../core/log.js';
import { LogFile } from './log-file.js';
import type { Redactor } from './redaction.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LoggingOptions {
  /** Folder of `orderferry.log`, made if it is not there. Null: no file. */
  readonly directory: string | null;
  /** Where lines are shown; standard output belongs to results and never carries a log line. */
  readonly stderr: Writable;
  /** Readable lines for a person at a terminal, else one JSON object per line. The file is always JSON. */
  readonly readable: boolean;
  readonly redactor: Redactor;
  readonly clock: Clock;
  /** Least level that is shown. Default info; the file gets debug, too. */
  readonly level?: LogLevel;
  /** Size at which a file is put aside as `orderferry1.log`. Default 10 MB. */
  readonly maxBytes?: number;
  /** Files kept. Default 10. */
  readonly maxFiles?: number;
}

export interface ProgramLogger extends Logger {
  /** Only to the file: for what was already written to standard error by other means. */
  fileOnly(level: LogLevel, message: string, fields?: LogFields): void;
  /** Ends the logger; resolves once every line is written. Lines that come later go to standard error alone. */
  close(): Promise<void>;
}

const MEGABYTE = 1024 * 1024;
const MESSAGE = Symbol.for('message');

interface Entry extends winston.Logform.TransformableInfo {
  readonly level: LogLevel;
  readonly message: string;
  readonly time: string;
  readonly fields: LogFields;
  readonly fileOnly: boolean;
  [MESSAGE]?: string;
}

/**
 * The program's log. A file that cannot be written costs one line on standard error and stops nothing:
 * what happened to an order is in the ledger, the log only tells how.
 */
export function createLogger(options: LoggingOptions): ProgramLogger {
  const screen = new winston.transports.Stream({
    stream: options.stderr,
    level: options.level ?? 'info',
    eol: '\n',
    format: winston.format((info) => {
      const entry = info as Entry;
      if (entry.fileOnly) return false;
      entry[MESSAGE] = options.readable ? readableLine(entry) : jsonLine(entry);
      return entry;
    })(),
  });
  const file = options.directory === null ? null : fileTransport(options, options.directory);
  const logger = winston.createLogger({
    level: 'debug',
    levels: { error: 0, warn: 1, info: 2, debug: 3 },
    format: redactionFormat(options.redactor),
    transports: file === null ? [screen] : [screen, file],
    exitOnError: false,
  });
  logger.on('error', (error) => options.stderr.write(`orderferry: the log fails: ${messageOf(error)}\n`));
  return new WinstonLogger(logger, options);
}

/** Replaces secrets in the message and in every field, before anything is put into a line. */
export const redactionFormat = winston.format((info, redactor) => {
  const entry = info as Entry;
  const fields = (redactor as Redactor).value('', entry.fields) as LogFields;
  return { ...entry, message: (redactor as Redactor).text(entry.message), fields };
}) as unknown as (redactor: Redactor) => winston.Logform.Format;

class WinstonLogger implements ProgramLogger {
  private closing: Promise<void> | undefined;

  constructor(
    private readonly logger: winston.Logger,
    private readonly options: LoggingOptions,
  ) {}

  debug(message: string, fields?: LogFields): void {
    this.write('debug', message, fields, false);
  }

  info(message: string, fields?: LogFields): void {
    this.write('info', message, fields, false);
  }

  warn(message: string, fields?: LogFields): void {
    this.write('warn', message, fields, false);
  }

  error(message: string, fields?: LogFields): void {
    this.write('error', message, fields, false);
  }

  fileOnly(level: LogLevel, message: string, fields?: LogFields): void {
    this.write(level, message, fields, true);
  }

  close(): Promise<void> {
    // The logger finishes after its transports have: each waits until its file is written.
    this.closing ??= new Promise((resolve) => {
      this.logger.once('finish', resolve);
      this.logger.end();
    });
    return this.closing;
  }

  private write(level: LogLevel, message: string, fields: LogFields | undefined, fileOnly: boolean): void {
    const time = new Date(this.options.clock.now()).toISOString();
    if (this.closing === undefined) {
      this.logger.log({ level, message, time, fields: fields ?? {}, fileOnly });
    } else if (!fileOnly) {
      this.options.stderr.write(`${this.options.redactor.text(`${time} ${level} ${message}`)}\n`);
    }
  }
}

function fileTransport(options: LoggingOptions, directory: string): winston.transport {
  const stream = new LogFile({
    path: join(directory, 'orderferry.log'),
    maxBytes: options.maxBytes ?? 10 * MEGABYTE,
    maxFiles: options.maxFiles ?? 10,
    onFault: (reason) => {
      const message = `the log file cannot be written: ${reason}; lines are shown here only`;
      options.stderr.write(`orderferry: ${options.redactor.text(message)}\n`);
    },
  });
  const format = winston.format((info) => {
    const entry = info as Entry;
    entry[MESSAGE] = jsonLine(entry);
    return entry;
  });
  const transport = new winston.transports.Stream({ stream, eol: '\n', format: format() });
  transport.once('finish', () => stream.end());
  return transport;
}

function jsonLine({ time, level, message, fields }: Entry): string {
  // First for the eye, and again last so that no field can take their place.
  const own = { time, level, message };
  return JSON.stringify({ ...own, ...fields, ...own });
}

/** `03:07:12Z warn  message  run=5 batch=7`; control characters of foreign text do not reach the terminal. */
function readableLine({ time, level, message, fields }: Entry): string {
  const pairs = Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([key, value]) => `${key}=${value}`);
  const shown = level === 'info' ? '' : `${level} `;
  return visible([`${time.slice(11, 19)}Z ${shown}${message}`, ...pairs].join('  '));
}

/** The text on one line, with control characters shown as `\u001b`; keeps terminals from obeying data. */
export function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => {
    if (character === '\n') return '\\n';
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
