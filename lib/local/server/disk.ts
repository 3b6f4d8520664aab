import { StartError } from '../start-error.ts';

/** How the system, or a server in its log, says that a disk is full or a quota used up. */
export const NO_SPACE = /No space left on device|Disk quota exceeded|\b(ENOSPC|EDQUOT)\b|not enough space on the disk/i;

/** The error for a disk that is full, where the text of a failure says so; the data itself is sound and stays. */
export function diskFull(problem: string, folder: string, cause?: unknown): StartError | undefined {
  if (!NO_SPACE.test(problem)) return undefined;
  return new StartError(
    `The disk that holds ${folder} is full: ${problem}`,
    'Free disk space and run again: the database in that folder stays as it is.',
    { cause },
  );
}
