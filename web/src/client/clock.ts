// The server's clock, which decides what is on time: a PC may be minutes wrong. Set from the Date header of each answer, whose
// seconds are whole; the least wrong of all answers is kept.

let ahead = 0; // the server's ms minus ours
let doubt = Infinity; // ms, how far that may be off

export function heard(date: string | null, asked: number, answered: number): void {
  const said = date === null ? NaN : Date.parse(date);
  if (Number.isNaN(said)) return;
  const wide = answered - asked + 1000;
  // Grown with time, so that a clock set anew in between is noticed.
  if (wide > (doubt += 50)) return;
  doubt = wide;
  const off = said + 500 - (asked + answered) / 2;
  ahead = Math.abs(off) < 1500 ? 0 : off; // within what a whole second can tell
}

// ms UTC.
export const serverNow = (): number => Date.now() + ahead;
