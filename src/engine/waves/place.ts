import { TransientError } from '../../core/errors.js';
import { FOLDER_MARK } from '../../core/targets.js';
import type { Wave } from '../../queue/ledger/waves.js';

/**
 * A file that is gone was collected only where the place is the one it was uploaded to. This one does not say
 * which it is: perhaps a mount point without its share, so it is looked at again.
 */
export function placeUnknown(file: string, description: string): TransientError {
  return new TransientError(
    'FOLDER_UNMARKED',
    `${file} was uploaded to ${description}; neither it nor ${FOLDER_MARK}, which marks that folder, is there now: ` +
      'mount the share again, and the file goes on by itself. If this is the folder and somebody removed the ' +
      `mark, write any text into ${FOLDER_MARK} there: the orders of the file are then held for you to decide`,
  );
}

/** Reason of `FOLDER_DIFFERS`. */
export function placeDiffers(description: string): string {
  return (
    `it is not in ${description}, which is not the folder it was uploaded to, or whose mark (${FOLDER_MARK}) ` +
    'was removed since, so it is not known whether it was collected'
  );
}

/** Reason of `FILE_GONE`. */
export function fileGone({ file_name: file, token, place }: Wave, description: string): string {
  const elsewhere = place === description ? '' : ` (it was uploaded to ${place})`;
  return (
    `it was uploaded, and neither it nor ${file}.${token}.part is in ${description} now${elsewhere}: the 3PL has ` +
    'collected it, or somebody removed it there, and a server does not tell which'
  );
}

/** Whether a file was uploaded to a server, whose address is then its place, and not to a folder with a mark. */
export function isServer(place: string | null): boolean {
  return place !== null && /^(sftp|ftps?) /.test(place);
}
