import { hostname, userInfo } from 'node:os';

/** `kim on ferry-1`, for the timeline. */
export function whoIsHere(): string {
  return `${userInfo().username} on ${hostname()}`;
}
