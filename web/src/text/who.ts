// Who did something, as the server keeps it: an account, or a machine by a word of its own.

import { words } from './i18n.svelte';

const machines = words({
  'command line': ['dòng lệnh', 'the command line'],
  intake: ['hộp thư', 'the mailbox'],
});

// "account:lan.nguyen" -> "lan.nguyen"
export function whoIs(by: string): string {
  const who = by.replace(/^account:/, '');
  return who === 'command line' || who === 'intake' ? machines(who) : who;
}
