/** One line on standard error that is written over; line by line where nobody watches. */
export interface Progress {
  show(line: string): void;
  end(): void;
}

/** Progress of work whose parts are named by the second word of a line: `auditing journal 12 of 40`. */
export function createProgress(): Progress {
  const { stderr } = process;
  let last: string | undefined;
  return {
    show: (line) => {
      if (stderr.isTTY) stderr.write(`\r\u001b[K${line}`);
      else if (line.split(' ')[1] !== last) stderr.write(`${line.split(' ').slice(0, 2).join(' ')}\n`);
      last = line.split(' ')[1] ?? '';
    },
    end: () => {
      if (stderr.isTTY && last !== undefined) stderr.write('\r\u001b[K');
    },
  };
}
