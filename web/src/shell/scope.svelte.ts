// For which unit or body one works just now: of the scopes of one's grants the one that was chosen, remembered in this browser.

import { get } from '../client/call';
import { session } from '../session/session.svelte';
import { heardOfBody } from '../text/sources';

export interface Scope {
  scope: string; // "84@2020-06-01", "viettel-70", "VN"
  kind: 'unit' | 'body' | 'country';
  name: string;
  unit?: string; // whose wall is its: its own, or the one in which the body sits
}

const kKept = 'bluezone-scope';
const state = $state<{ owner: string; scopes: Scope[]; chosen: string }>({ owner: '', scopes: [], chosen: '' });

async function nameOf(scope: string): Promise<Scope> {
  if (scope === 'VN') return { scope, kind: 'country', name: '', unit: 'VN' };
  try {
    if (scope.includes('@')) {
      const { unit } = await get('/campaign/v1/units/{code}', { path: { code: scope } });
      return { scope, kind: 'unit', name: unit.full_name, unit: scope };
    }
    const { body } = await get('/campaign/v1/bodies/{slug}', { path: { slug: scope } });
    heardOfBody(body.slug, body.name);
    return { scope, kind: 'body', name: body.name, unit: body.unit };
  } catch {
    return { scope, kind: scope.includes('@') ? 'unit' : 'body', name: scope };
  }
}

// Called by the header whenever the grants change.
export async function loadScopes(): Promise<void> {
  const { owner, who } = session;
  const wanted = [...new Set((who?.grants ?? []).map((grant) => grant.scope))];
  const scopes = await Promise.all(wanted.map(nameOf));
  if (owner !== session.owner) return;
  let kept = '';
  try {
    kept = localStorage.getItem(kKept) ?? '';
  } catch {
    // storage is forbidden in this browser
  }
  state.owner = owner;
  state.scopes = scopes;
  state.chosen = scopes.some((one) => one.scope === kept) ? kept : (scopes[0]?.scope ?? '');
}

const mine = () => (state.owner === session.owner ? state.scopes : []);
export const scopes = (): Scope[] => mine();
// Nothing before they are known, and for whoever has no grant of the campaign.
export const scope = (): Scope | undefined => mine().find((one) => one.scope === state.chosen);

export function chooseScope(to: string): void {
  state.chosen = to;
  try {
    localStorage.setItem(kKept, to);
  } catch {
    // Then it is forgotten with the page.
  }
}
