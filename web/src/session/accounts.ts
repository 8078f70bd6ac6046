// Log in and out: the accounts half of the server's interface. None of these waits for a log-in: they are the log-in.

import { call, setCsrfToken } from '../client/call';

export type Step = 'login' | 'second_factor' | 'setup' | 'ready';

export interface Session {
  next: Step;
  name?: string;
  system_administrator?: boolean;
  csrf_token?: string;
  recovery_codes?: string[];
  by_trusted_browser?: boolean; // logged in without the six digits
}

export interface SetUp {
  name: string;
  password_needed: boolean;
  secret: string;
  uri: string;
}

// Who is logged in, without taking that session for this page's own.
export const whoIsThere = () => call<Session>('GET', '/accounts/v1/session', undefined, false);

async function step(method: 'GET' | 'POST', path: string, body?: object): Promise<Session> {
  const session = await call<Session>(method, path, body, false);
  setCsrfToken(session.csrf_token ?? '');
  return session;
}

// Vietnamese keyboards differ in how they write "ế": composed here as on the server.
const composed = (text: string) => text.normalize('NFC');

export const whoAmI = () => step('GET', '/accounts/v1/session');
export const logIn = (name: string, password: string) =>
  step('POST', '/accounts/v1/login', { name, password: composed(password) });
// `trust`: for 30 days this browser is not asked for the six digits again (but for the codes of patients).
export const giveCode = (code: string, trust = false) =>
  step('POST', '/accounts/v1/second-factor', trust ? { code, trust_device: true } : { code });
export const giveRecoveryCode = (code: string) => step('POST', '/accounts/v1/recovery', { code });
export const getSetUp = () => call<SetUp>('GET', '/accounts/v1/setup', undefined, false);
export const setUp = (code: string, newPassword?: string) =>
  step(
    'POST',
    '/accounts/v1/setup',
    newPassword === undefined ? { code } : { code, new_password: composed(newPassword) },
  );
export const logOut = () => step('POST', '/accounts/v1/logout', {});
