// Who may write a file in; why it is not to be believed out. A topology that root applies is as good as a command that root types.
/** What stat(2) says of a file. */
export interface Permissions {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/**
 * Null where nobody but `owners` may write the file. A group that has the number of the file's owner is that user's own one, as
 * Debian and others make it. In a directory in which others may write they may also replace it, unless it is sticky.
 */
export function distrust(
  file: Permissions,
  directory: Permissions,
  owners: readonly number[],
): string | null {
  if (!owners.includes(file.uid)) return `it belongs to user ${file.uid}`;
  if (isOpen(file)) return 'others may write it';
  return isReplaceable(file, directory, owners) ? REPLACEABLE : null;
}

/** True where others than `owners` may put something else in the place of a file. In a sticky directory they may not where it is not theirs. */
export const isReplaceable = (
  file: Pick<Permissions, 'uid'>,
  directory: Permissions,
  owners: readonly number[],
): boolean =>
  !owners.includes(directory.uid) ||
  (isOpen(directory) && ((directory.mode & STICKY) === 0 || !owners.includes(file.uid)));

export const REPLACEABLE = 'others may replace it, as they may write in its directory';

const isOpen = ({ uid, gid, mode }: Permissions): boolean =>
  (mode & OTHERS) !== 0 || ((mode & GROUP) !== 0 && gid !== 0 && gid !== uid);

/** S_IWOTH, S_IWGRP, S_ISVTX. */
const OTHERS = 0o002;
const GROUP = 0o020;
const STICKY = 0o1000;
