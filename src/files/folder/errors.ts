import { ConfigurationError, codeOf, messageOf, OrderferryError, TransientError } from '../../core/errors.js';

/** A person must act; the same call will fail the same way until then. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOENT: 'the folder does not exist; make it, mount it, or mend the folder in the template of the 3PL',
  ENOTDIR: 'a part of the path is no folder; mend the folder in the template of the 3PL',
  EACCES: 'this user may not read and write there; give it the permission',
  EPERM: 'this user may not read and write there; give it the permission',
  EROFS: 'the file system is read-only; mount it for writing',
  EISDIR: 'there is a folder of that name; move it away',
  ERR_FS_EISDIR: 'there is a folder of that name; move it away',
  ELOOP: 'the path is a loop of links; mend the folder in the template of the 3PL',
};

/** What passes by itself or as soon as somebody makes room. */
const PASSING: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left',
  EDQUOT: 'the quota is used up',
  EIO: 'the disk or its server reports an error',
};

/** An error of an act that changed nothing a reader could see, as the class that decides what comes next. */
export function folderError(act: string, error: unknown): OrderferryError {
  if (error instanceof OrderferryError) return error;
  const code = codeOf(error) ?? 'FOLDER';
  const advice = ADVICE[code];
  if (advice !== undefined) return new ConfigurationError(`${act}: ${advice}`, { cause: error });
  const what = PASSING[code] ?? messageOf(error);
  return new TransientError(code, `${act}: ${what}; nothing was changed, the next run tries again`, {
    cause: error,
  });
}
