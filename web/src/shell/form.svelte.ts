// What every form here does: one request at a time, and what the server refused shown beside it.

import { Refused } from '../client/call';

export class Form {
  busy = $state(false);
  refused = $state<Refused>();

  constructor(private readonly lost?: () => void) {}

  // What `work` gives; nothing when it was refused or another is under way.
  async run<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.busy) return undefined;
    this.busy = true;
    this.refused = undefined;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (this.lost && (error.word === 'not_logged_in' || error.word === 'unauthorized')) {
        this.lost();
      } else {
        this.refused = error;
      }
      return undefined;
    } finally {
      this.busy = false;
    }
  }
}

// For a page's first heading or field: takes the focus when it appears, so that a keyboard or a
// screen reader is where the work is.
export function takeFocus(element: HTMLElement): void {
  element.focus();
}

// Whether the text is on the clipboard now. Without TLS browsers have only the old way.
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'unseen';
    const before = document.activeElement as HTMLElement | null;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    before?.focus();
    return done;
  }
}
