// Where an account begins that has one thing to do.

import { go } from '../../router.svelte';
import { type Who } from '../../session/session.svelte';

// A health officer at night wants the form for codes, not a list with one line.
export function goToCodes(who: Who | undefined): void {
  if (who && who.grants.length === 0 && !who.isSystemAdministrator && who.authorities.length > 0) go('/codes', true);
}
