declare module 'fs-native-extensions' {
  /** Tries to take an exclusive advisory lock on a whole file; false while another process holds it. */
  export function tryLock(fd: number): boolean;
  export function unlock(fd: number): void;
}
