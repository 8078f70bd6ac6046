// Who is logged in, and what they may do in each half. When the session ends, whatever was being asked waits here until the
// same account has logged in again; another account starts with nothing of it.

import { type Schema, Refused, call, get, whenLoggedOut } from '../client/call';
import { type Session, logOut, whoAmI } from './accounts';

export type Role = 'clerk' | 'approver' | 'duty' | 'officer' | 'leader' | 'viewer' | 'admin' | 'auditor';
export type HealthRole = 'issuer' | 'supervisor' | 'administrator' | 'auditor';

export interface Authority {
  id: string;
  name: string;
  roles: HealthRole[];
  test_types: string[];
  sms: boolean;
}

export interface Who {
  account: string;
  isSystemAdministrator: boolean;
  grants: Schema['CampaignGrant'][]; // of the campaign
  authorities: Authority[]; // of the codes
}

const state = $state<{
  session?: Session;
  who?: Who;
  owner: string; // whose pages are on the screen; '' before anybody's
  ended: boolean;
  isOffline: boolean;
  recoveryCodes: string[];
  refused?: Refused;
}>({ owner: '', ended: false, isOffline: false, recoveryCodes: [] });

// Whose device this is, so that the form opens without a line with what drafts.ts keeps; forgotten at log-out.
const kLastAccount = 'bluezone-account';
function lastAccount(set?: string): string {
  try {
    if (set === '') localStorage.removeItem(kLastAccount);
    else if (set !== undefined) localStorage.setItem(kLastAccount, set);
    return localStorage.getItem(kLastAccount) ?? '';
  } catch {
    return ''; // storage is forbidden in this browser
  }
}

interface Waiting {
  goOn: () => void;
  giveUp: (why: Refused) => void;
}
let waiting: Waiting[] = [];
const ends: (() => void | Promise<void>)[] = [];

export const session = {
  get step() {
    return state.session?.next;
  },
  // Ready to work: logged in, recovery codes written down, grants known.
  get isReady() {
    return state.session?.next === 'ready' && state.recoveryCodes.length === 0 && state.who !== undefined;
  },
  get who() {
    return state.who;
  },
  get owner() {
    return state.owner;
  },
  get ended() {
    return state.ended;
  },
  // Opened without a line, as the account that worked here last: the server has not been asked yet.
  get isOffline() {
    return state.isOffline;
  },
  get isTrusted() {
    return state.session?.by_trusted_browser ?? false;
  },
  // Whether this browser may be trusted for 30 days.
  get mayTrust() {
    return !state.session?.system_administrator && !state.session?.by_trusted_browser;
  },
  get recoveryCodes() {
    return state.recoveryCodes;
  },
  get refused() {
    return state.refused;
  },
};

// Whether a grant of the campaign gives one of these roles, wherever; the server decides on each thing.
export const hasRole = (who: Who | undefined, ...roles: Role[]): boolean =>
  who?.grants.some((grant) => roles.includes(grant.role as Role)) ?? false;
export const hasHealthRole = (who: Who | undefined, ...roles: HealthRole[]): boolean =>
  who?.authorities.some((authority) => authority.roles.some((role) => roles.includes(role))) ?? false;

// What is kept on this device for an account is cleared when it logs out: drafts.ts adds itself here.
export function atLogOut(clear: () => void | Promise<void>): void {
  ends.push(clear);
}

async function loadWho(account: string): Promise<Who> {
  // One half may be served by another machine or not at all: then its grants are none.
  const orNothing = <T>(asked: Promise<T>): Promise<T | undefined> =>
    asked.catch((error: unknown) => {
      if (error instanceof Refused && (error.status === 404 || error.status === 403)) return undefined;
      throw error;
    });
  const [campaign, health] = await Promise.all([
    orNothing(get('/campaign/v1/me')),
    orNothing(call<{ authorities: Authority[] }>('GET', '/officer/v1/me')),
  ]);
  return {
    account,
    isSystemAdministrator: campaign?.system_administrator ?? state.session?.system_administrator ?? false,
    grants: campaign?.grants ?? [],
    authorities: health?.authorities ?? [],
  };
}

function giveUpWaiting(): void {
  const given = waiting;
  waiting = [];
  for (const one of given) one.giveUp(new Refused('not_logged_in', 401));
}

// Every step of logging in ends here with what the server says comes next.
export async function goOn(to: Session): Promise<void> {
  state.refused = undefined;
  if (to.recovery_codes) state.recoveryCodes = to.recovery_codes;
  state.session = to;
  if (to.next !== 'ready') return;
  state.ended = false;
  const account = to.name ?? '';
  if (state.isOffline) state.who = undefined;
  state.isOffline = false;
  lastAccount(account);
  if (account !== state.owner) {
    giveUpWaiting();
    state.who = undefined;
    state.owner = account;
  }
  try {
    state.who ??= await loadWho(account);
  } catch (error) {
    state.refused = error as Refused;
    return;
  }
  const going = waiting;
  waiting = [];
  for (const one of going) one.goOn();
}

export function recoveryCodesKept(): void {
  state.recoveryCodes = [];
}

// The server says that nobody is logged in here any more.
export function lost(): void {
  state.ended = true;
  if (state.isOffline) state.who = undefined;
  state.isOffline = false;
  state.recoveryCodes = [];
  state.session = { next: 'login' };
}

let loading: Promise<void> | undefined;
// Asked by several at once it is one question.
export const load = (): Promise<void> => (loading ??= loadOnce().finally(() => (loading = undefined)));

async function loadOnce(): Promise<void> {
  state.refused = undefined;
  try {
    const found = await whoAmI();
    if (state.isOffline && found.next !== 'ready') lost();
    await goOn(found);
  } catch (error) {
    if (!goOffline(error)) state.refused = error as Refused;
  }
}

// Whether the pages open all the same, for whoever worked here last and has not logged out.
function goOffline(error: unknown): boolean {
  const account = lastAccount();
  if (!(error instanceof Refused) || error.status !== 0 || account === '') return false;
  if (state.isOffline) return true;
  if (state.owner !== '') return false;
  state.isOffline = true;
  state.session = { next: 'ready', name: account };
  state.owner = account;
  state.who = { account, isSystemAdministrator: false, grants: [], authorities: [] };
  addEventListener('online', () => state.isOffline && void load());
  return true;
}

export async function leave(): Promise<void> {
  try {
    const next = await logOut();
    for (const clear of ends) await clear();
    lastAccount('');
    giveUpWaiting();
    state.owner = '';
    state.who = undefined;
    await goOn(next);
  } catch (error) {
    if (error instanceof Refused && error.status === 401) lost();
    else state.refused = error as Refused;
  }
}

whenLoggedOut(
  (missing) =>
    new Promise<void>((resolve, reject) => {
      waiting.push({ goOn: resolve, giveUp: reject });
      if (state.session?.next !== 'ready') return;
      if (missing === 'session') lost();
      else state.session = { ...state.session, next: 'second_factor' };
    }),
);
