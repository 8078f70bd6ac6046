// Who is logged in, and what they may do in each half. When the session ends, whatever was being asked waits here until the
// same account has logged in again; another account starts with nothing of it.

import { type Schema, Refused, call, csrfToken, get, setCsrfToken, whenForbidden, whenLoggedOut } from '../client/call';
import { type Session, logOut, whoAmI, whoIsThere } from './accounts';

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
  leftOffline: boolean;
  isOffline: boolean;
  recoveryCodes: string[];
  refused?: Refused;
}>({ owner: '', ended: false, leftOffline: false, isOffline: false, recoveryCodes: [] });

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

// Logged out without a line: the server is told as soon as there is one, before anybody works here again.
const kOwesLogOut = 'bluezone-log-out';
function owesLogOut(set?: boolean): boolean {
  try {
    if (set === true) localStorage.setItem(kOwesLogOut, '1');
    else if (set === false) localStorage.removeItem(kOwesLogOut);
    return localStorage.getItem(kOwesLogOut) !== null;
  } catch {
    return false;
  }
}

interface Waiting {
  goOn: () => void;
  giveUp: (why: Refused) => void;
}
let waiting: Waiting[] = [];

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
  // Logged out without a line.
  get leftOffline() {
    return state.leftOffline;
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
// Of a body: by a grant of its own, or of a unit, of which the server decides whether the body sits in it.
export const hasRoleOver = (who: Who | undefined, body: string, ...roles: Role[]): boolean =>
  who?.grants.some(({ role, scope }) => roles.includes(role as Role) && (scope === body || /@|^VN/.test(scope))) ?? false;
export const hasHealthRole = (who: Who | undefined, ...roles: HealthRole[]): boolean =>
  who?.authorities.some((authority) => authority.roles.some((role) => roles.includes(role))) ?? false;

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
  if (to.next !== 'login' && owesLogOut()) owesLogOut((state.leftOffline = false)); // its cookie has gone
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
    let found = await whoAmI();
    if (owesLogOut()) {
      if (found.next !== 'login') found = await logOut();
      owesLogOut((state.leftOffline = false));
    }
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

// Nothing of the account stays on the screen or on the device, whether the server can be told or not; nor in other pages of this browser.
export async function leave(): Promise<void> {
  const account = state.owner;
  if (lastAccount() === account) lastAccount('');
  await forgetOwner();
  try {
    await goOn(await logOutOf(account));
  } catch (error) {
    state.ended = state.isOffline = false;
    state.session = { next: 'login' };
    if (error instanceof Refused && error.status === 401) return;
    owesLogOut((state.leftOffline = true));
    addEventListener('online', () => void load(), { once: true });
  }
}

async function forgetOwner(): Promise<void> {
  const account = state.owner;
  giveUpWaiting();
  state.owner = '';
  state.who = undefined;
  state.recoveryCodes = [];
  await forgetDrafts(account);
}

// Another page of this browser has logged out the account that is shown here, or has logged in.
addEventListener('storage', ({ key, oldValue, newValue }: StorageEvent) => {
  if (key !== kLastAccount || state.session === undefined) return;
  if (newValue !== null) {
    if (newValue !== state.owner || state.session?.next === 'login') void load();
  } else if (oldValue === state.owner) {
    state.ended = state.isOffline = false;
    state.session = { next: 'login' };
    void forgetOwner();
  }
});

// Where another page of this browser has logged in since: out of the same account, of nobody else's.
async function logOutOf(account: string): Promise<Session> {
  try {
    return await logOut();
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 403) throw error;
    const there = await whoIsThere();
    if (there.name !== account) return { next: 'login' };
    setCsrfToken(there.csrf_token ?? '');
    return logOut();
  }
}

// By drafts.ts, which comes with the form; where it cannot be had, whatever this device keeps.
async function forgetDrafts(account: string): Promise<void> {
  if (account === '') return;
  try {
    await (await import('../drafts')).forget(account);
  } catch {
    indexedDB.deleteDatabase('bluezone');
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

whenForbidden(
  async (owner, token) => {
    try {
      const found = await whoIsThere();
      if (found.next === 'ready' && found.name === owner) {
        setCsrfToken(found.csrf_token ?? '');
        return csrfToken() !== token;
      }
      // Somebody else's: the page becomes theirs first, and what was begun here is not sent.
      await goOn(found);
      setCsrfToken(found.csrf_token ?? '');
    } catch {
      // The refusal stands.
    }
    return false;
  },
  () => state.owner,
);
