import { TransientError } from '../../core/errors.js';
import { FOLDER_MARK } from '../../core/targets.js';

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
