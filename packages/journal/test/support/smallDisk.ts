import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk of its own that can be filled to the last byte. */
export interface SmallDisk {
  readonly folder: string;
  /** Leaves no byte free. */
  fill(): void;
  /** Gives back what `fill` took. */
  free(): void;
  unmount(): void;
}

/** Mounts a small disk (tmpfs); undefined, with a line that says why, where this user may not. */
export function mountSmallDisk(kibibytes: number): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'lichen-disk-'));
  const mounted = spawnSync('/bin/mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', folder], {
    encoding: 'utf8',
  });
  if (mounted.status !== 0) {
    rmdirSync(folder);
    const why = mounted.error?.message ?? mounted.stderr.trim();
    console.log(`No small disk here: mounting one needs root (${why}). Tests on a full disk are skipped.`);
    return undefined;
  }
  const ballast = join(folder, 'ballast');
  return {
    folder,
    fill: () => {
      const descriptor = openSync(ballast, 'w');
      // Ever smaller pieces, down to the last byte of the last page.
      for (let size = 65_536; size >= 1; size = Math.floor(size / 4)) {
        const piece = Buffer.alloc(size, 1);
        try {
          for (;;) writeSync(descriptor, piece);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
        }
      }
      closeSync(descriptor);
    },
    free: () => rmSync(ballast, { force: true }),
    unmount: () => {
      spawnSync('/bin/umount', ['-l', folder]);
      rmdirSync(folder);
    },
  };
}
